/** Rough scenarios as fast-check draws and shrinks them: towards few frames, few mishaps, round numbers. */
import fc from 'fast-check'
import { OptionBit } from '../../wire/header.ts'
import type { MachineConfig } from '../config.ts'
import {
  type Fate,
  type Habits,
  plainHabits,
  type RoughScenario,
  type SidePathMtu,
  type Stall,
  type Write,
} from './rough-scenario.ts'

/** Most microseconds by which a thread is late that a busy machine preempted. */
const longestStallMicros = 30_000
const segmentBytes = 1448

const side = fc.constantFrom('left' as const, 'right' as const)

/** Mostly a few segments: most faults show at the ends of flights. */
const bytes = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 6 }).map((segments) => segments * segmentBytes) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 4 * segmentBytes }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 40_000 }) },
)

/** Time between two writes: from "the last one is still in flight" to "long after it". */
const pause = fc.oneof(
  fc.integer({ min: 0, max: 5_000 }),
  fc.integer({ min: 0, max: 100_000 }),
  fc.integer({ min: 0, max: 1_500_000 }),
)

const write: fc.Arbitrary<Write> = fc.record({ from: side, afterMicros: pause, bytes })

const fate: fc.Arbitrary<Fate> = fc.record({
  from: side,
  frame: fc.integer({ min: 0, max: 40 }),
  fate: fc.constantFrom(
    'lost' as const,
    'lost' as const,
    'late' as const,
    'twice' as const,
    'corrupted' as const,
  ),
  micros: fc.oneof(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 0, max: 300_000 })),
  bit: fc.nat(1500 * 8),
})

/** Mostly none. Down and, after a change of the route, up again; down to less than any host's least MTU (RFC 791). */
const pathMtus: fc.Arbitrary<readonly SidePathMtu[]> = fc
  .oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    {
      weight: 1,
      arbitrary: fc.array(
        fc.record({
          from: side,
          frame: fc.integer({ min: 0, max: 60 }),
          mtuBytes: fc.oneof(fc.constantFrom(1492, 1280, 1006, 576), fc.integer({ min: 296, max: 1500 })),
        }),
        { minLength: 1, maxLength: 3 },
      ),
    },
  )
  .map((changes) => [...changes].sort((one, other) => one.frame - other.frame))

const stall: fc.Arbitrary<Stall> = fc.record({
  host: side,
  wake: fc.integer({ min: 0, max: 60 }),
  micros: fc.integer({ min: 1, max: longestStallMicros }),
})

const habits: fc.Arbitrary<Habits> = fc.record({
  delayedAckMicros: fc.constantFrom(plainHabits.delayedAckMicros, 1_000, 200_000),
  ackHoldMicros: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 8_000 })),
  dropsSuperseded: fc.boolean(),
  coalesces: fc.boolean(),
  merges: fc.boolean(),
  cuts: fc.boolean(),
  payloadWork: fc.constantFrom('none' as const, 'copy' as const, 'checksum' as const),
  readPauseMicros: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 50_000 })),
})

/** In microseconds; a request's time is 32 bits of them, and timestamps tick in milliseconds. */
const minute = 60_000_000
export const silencesMicros: readonly number[] = [
  ...[1, 31, 35, 36, 40, 60, 71, 75, 120, 180, 25 * 24 * 60].map((minutes) => minutes * minute),
  2 ** 32 - 500_000,
  2 ** 32 + 50_000,
]

const silence = fc.oneof(
  fc.constantFrom(...silencesMicros),
  fc.integer({ min: 1, max: 4 * 60 }).map((minutes) => minutes * minute),
  fc.integer({ min: 2 ** 31 - 2_000_000, max: 2 ** 31 + 2_000_000 }),
  fc.integer({ min: 2 ** 32 - 2_000_000, max: 2 ** 32 + 2_000_000 }),
)

const writeAfterSilence: fc.Arbitrary<Write> = fc.record({
  from: side,
  afterMicros: fc.oneof(silence, pause),
  bytes,
})

const config: fc.Arbitrary<Partial<MachineConfig>> = fc.record({
  congestionControl: fc.constantFrom('cubic' as const, 'newreno' as const),
  sendBufferBytes: fc.constantFrom(1 << 16, 1 << 13),
  receiveBufferBytes: fc.constantFrom(1 << 16, 1 << 13),
  segmentCount: fc.constantFrom(64, 16, 4),
  reorderingFloorMicros: fc.constantFrom(1_000, 5_000, 0),
  superFrameBytes: fc.constantFrom(0, 4 * segmentBytes, 65_455),
})

const strippedOptions = fc.oneof(
  { weight: 5, arbitrary: fc.constant(0) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(OptionBit.sackPermitted, OptionBit.timestamps, OptionBit.windowScale, 15),
  },
)

/** Near the wraps of 32 bits, and of 31. */
const wrapping = fc.oneof(
  fc.constantFrom(0, -1, 0x7fffffff - 3_000, -3_000, 0x7fffffff - 500_000, -500_000),
  fc.integer({ min: -0x80000000, max: 0x7fffffff }),
)

const common = {
  config,
  left: habits,
  right: habits,
  delayMicros: fc.oneof(fc.integer({ min: 10, max: 300 }), fc.integer({ min: 10, max: 15_000 })),
  spacingMicros: fc.constantFrom(0, 10, 120),
  leavesFramesWhole: fc.boolean(),
  strippedOptions,
  clockOrigin: wrapping,
  initialSequence: wrapping,
}

export const roughScenario: fc.Arbitrary<RoughScenario> = fc.record({
  ...common,
  writes: fc.array(write, { minLength: 1, maxLength: 6 }),
  fates: fc.array(fate, { maxLength: 10 }),
  pathMtus,
  stalls: fc.array(stall, { maxLength: 10 }),
})

/** The connection sleeps for minutes to weeks between its writes. */
export const idleScenario: fc.Arbitrary<RoughScenario> = fc.record({
  ...common,
  writes: fc.array(writeAfterSilence, { minLength: 1, maxLength: 6 }),
  fates: fc.array(fate, { maxLength: 3 }),
  pathMtus,
  stalls: fc.array(stall, { maxLength: 3 }),
})
