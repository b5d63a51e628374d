/** Transfers in both directions over a bad wire: every byte exactly once, in bounded time, replicas equal. */
import { describe, expect, it } from 'vitest'
import type { MachineConfig } from '../config.ts'
import { SeededRandom } from '../testing/random.ts'
import { transfer } from '../testing/transfer.ts'

const seeds = Array.from({ length: 300 }, (_, index) => index + 1)

describe('a transfer over a wire that loses, reorders and duplicates', () => {
  it.each(seeds)('delivers every byte once, in both directions (seed %i)', (seed) => {
    const draw = new SeededRandom(seed * 7919)
    const config: Partial<MachineConfig> = {
      congestionControl: draw.chance(0.5) ? 'cubic' : 'newreno',
      sendBufferBytes: 1 << (13 + draw.below(6)),
      receiveBufferBytes: 1 << (13 + draw.below(6)),
      segmentCount: 1 << (4 + draw.below(6)),
      reorderingFloorMicros: draw.below(3) * 1000,
      mtuBytes: draw.chance(0.2) ? 9000 : 1500,
    }
    const world = transfer({
      wire: {
        seed,
        delayMicros: 50 + draw.below(20_000),
        jitterMicros: draw.chance(0.5) ? draw.below(5_000) : 0,
        lossProbability: draw.chance(0.7) ? draw.below(8) / 100 : 0,
        duplicationProbability: draw.chance(0.3) ? draw.below(10) / 100 : 0,
      },
      config,
      leftBytes: draw.below(300_000),
      rightBytes: draw.below(300_000),
      readStepBytes: draw.chance(0.3) ? 4096 : 1,
      // Sequence numbers begin shortly before they wrap, or before their sign changes.
      initialSequence: (draw.chance(0.5) ? -1 : 0x7fffffff) - draw.below(100_000),
    })
    expect(world.left.application.closed).toBe(0)
    expect(world.right.application.closed).toBe(0)
  })
})
