/**
 * Connections that are idle between bursts, for minutes to weeks. A host that nothing wakes applies no request
 * meanwhile.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Random } from '../../device/random.ts'
import { OptionBit } from '../../wire/header.ts'
import { RestartObserver } from '../testing/restart-observer.ts'
import { idleScenario, silencesMicros } from '../testing/rough-arbitrary.ts'
import { plainHabits, type RoughScenario, smoothScenario, type Write } from '../testing/rough-scenario.ts'
import { roughTransfer } from '../testing/rough-transfer.ts'

const isSoak = process.env.SOAK !== undefined
const minute = 60_000_000

/**
 * Silences around half and all of the range of 32-bit microseconds (35.79 and 71.58 min) and milliseconds (24.86
 * days).
 */
const silences = silencesMicros.map((micros) => [micros / minute, micros] as const)

const burstBytes = 60_000

/** Three times a burst each way, with `micros` of silence before the second and the third. */
function withSilence(micros: number, strippedOptions: number): RoughScenario {
  const burst = (afterMicros: number): Write[] => [
    { from: 'left', afterMicros, bytes: burstBytes },
    { from: 'right', afterMicros: 100_000, bytes: burstBytes },
    // A flight of a few segments: its end comes soon after its beginning.
    { from: 'left', afterMicros: 100_000, bytes: 4000 },
  ]
  // Shorter than the probe's timeout, so that no delayed ACK causes a probe.
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
  const random = new Random(seed)
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
  it.each(silences)(
    'sends nothing twice after %f min, and starts with the initial window',
    (_minutes, micros) => {
      const observer = new RestartObserver()
      const { left, right } = roughTransfer(withSilence(micros, strippedOptions), observer.observe)
      const { retransmits, timeouts, pawsRejected } = left.counters
      expect({ retransmits, timeouts, pawsRejected }).toEqual({
        retransmits: 0,
        timeouts: 0,
        pawsRejected: 0,
      })
      expect(right.counters.retransmits).toBe(0)
      // Each of the two silences makes both hosts restart with the initial window.
      expect(observer.restarts).toBe(4)
    },
  )

  it.each(silences)('loses no byte after %f min where frames are lost', (_minutes, micros) => {
    for (let seed = 1; seed <= (isSoak ? 100 : 4); seed += 1) {
      roughTransfer(losing(withSilence(micros, strippedOptions), 0.02, seed))
    }
  })
})

it('any silences in a row, from any time on, lose no byte', () => {
  fc.assert(
    fc.property(idleScenario, (scenario) => {
      roughTransfer(scenario)
    }),
    { seed: 1, numRuns: isSoak ? 20_000 : 500 },
  )
})
