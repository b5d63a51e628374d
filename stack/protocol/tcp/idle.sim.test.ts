/** Connections that sleep between bursts for minutes to weeks. A host that nothing wakes applies no request meanwhile. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OptionBit } from '../../wire/header.ts'
import { SeededRandom } from '../testing/random.ts'
import { RestartObserver } from '../testing/restart-observer.ts'
import { plainHabits, type RoughScenario, smoothScenario, type Write } from '../testing/rough-scenario.ts'
import { roughTransfer } from '../testing/rough-transfer.ts'

const isSoak = process.env.SOAK !== undefined
const minute = 60_000_000
const hour = 60 * minute
const day = 24 * hour

/** Around the halves and the wholes of 32-bit microseconds (35.79 and 71.58 min) and milliseconds (24.86 days). */
const silences: readonly (readonly [name: string, micros: number])[] = [
  ['1 min', minute],
  ['31 min', 31 * minute],
  ['35 min', 35 * minute],
  ['36 min', 36 * minute],
  ['40 min', 40 * minute],
  ['60 min', hour],
  ['71 min', 71 * minute],
  ['2^32 µs, less half a second', 2 ** 32 - 500_000],
  ['2^32 µs and 50 ms', 2 ** 32 + 50_000],
  ['75 min', 75 * minute],
  ['2 h', 2 * hour],
  ['3 h', 3 * hour],
  ['25 days', 25 * day],
]

const burstBytes = 60_000

/** A burst each way, silence, and so on: three times. */
function withSilence(micros: number, strippedOptions: number): RoughScenario {
  const burst = (afterMicros: number): Write[] => [
    { from: 'left', afterMicros, bytes: burstBytes },
    { from: 'right', afterMicros: 100_000, bytes: burstBytes },
    // Of a few segments: the end of a flight comes soon after its beginning.
    { from: 'left', afterMicros: 100_000, bytes: 4000 },
  ]
  // Short of the probe's timeout, so that no ACK is late.
  const habits = { ...plainHabits, delayedAckMicros: 1_000 }
  return {
    ...smoothScenario,
    left: habits,
    right: habits,
    strippedOptions,
    writes: [0, micros, micros].flatMap(burst),
  }
}

/** Loses this share of all frames. */
function losing(scenario: RoughScenario, share: number, seed: number): RoughScenario {
  const random = new SeededRandom(seed)
  const fates = (['left', 'right'] as const).flatMap((from) =>
    Array.from({ length: 400 }, (_, frame) => frame)
      .filter(() => random.chance(share))
      .map((frame) => ({ from, frame, fate: 'lost' as const, micros: 0 })),
  )
  return { ...scenario, fates }
}

const optionSets = [
  ['with timestamps', 0],
  ['without timestamps', OptionBit.timestamps],
  ['without SACK', OptionBit.sackPermitted],
] as const

describe.each(optionSets)('a connection %s that sleeps', (_, strippedOptions) => {
  it.each(silences)('sends nothing twice after %s, and starts with the initial window', (_name, micros) => {
    const observer = new RestartObserver()
    const { left, right } = roughTransfer(withSilence(micros, strippedOptions), observer.observe)
    const { retransmits, timeouts, pawsRejected } = left.counters
    expect({ retransmits, timeouts, pawsRejected }).toEqual({ retransmits: 0, timeouts: 0, pawsRejected: 0 })
    expect(right.counters.retransmits).toBe(0)
    // Two silences, and the first burst after each goes both ways.
    expect(observer.restarts).toBe(4)
  })

  it.each(silences)('loses no byte after %s where frames are lost', (_name, micros) => {
    for (let seed = 1; seed <= (isSoak ? 100 : 4); seed += 1) {
      roughTransfer(losing(withSilence(micros, strippedOptions), 0.02, seed))
    }
  })
})

it('any silences in a row, from any time on, lose no byte', () => {
  const silence = fc.oneof(
    fc.constantFrom(...silences.map(([, micros]) => micros)),
    fc.integer({ min: 1, max: 4 * 60 }).map((minutes) => minutes * minute),
    fc.integer({ min: 2 ** 31 - 2_000_000, max: 2 ** 31 + 2_000_000 }),
    fc.integer({ min: 2 ** 32 - 2_000_000, max: 2 ** 32 + 2_000_000 }),
  )
  const write = fc.record({
    from: fc.constantFrom('left' as const, 'right' as const),
    afterMicros: fc.oneof(silence, fc.integer({ min: 0, max: 50_000 })),
    bytes: fc.integer({ min: 1, max: 30_000 }),
  })
  const fate = fc.record({
    from: fc.constantFrom('left' as const, 'right' as const),
    frame: fc.integer({ min: 0, max: 80 }),
    fate: fc.constantFrom('lost' as const, 'twice' as const, 'late' as const),
    micros: fc.integer({ min: 0, max: 20_000 }),
  })
  const scenario: fc.Arbitrary<RoughScenario> = fc.record({
    config: fc.record({ congestionControl: fc.constantFrom('cubic' as const, 'newreno' as const) }),
    left: fc.constant(plainHabits),
    right: fc.constant(plainHabits),
    delayMicros: fc.integer({ min: 10, max: 15_000 }),
    strippedOptions: fc.constantFrom(0, OptionBit.timestamps, OptionBit.sackPermitted),
    clockOrigin: fc.integer({ min: -0x80000000, max: 0x7fffffff }),
    initialSequence: fc.integer({ min: -0x80000000, max: 0x7fffffff }),
    writes: fc.array(write, { minLength: 1, maxLength: 6 }),
    fates: fc.array(fate, { maxLength: 3 }),
    stalls: fc.constant([]),
  })
  fc.assert(
    fc.property(scenario, (drawn) => {
      roughTransfer(drawn)
    }),
    { seed: 1, numRuns: isSoak ? 20_000 : 300 },
  )
})
