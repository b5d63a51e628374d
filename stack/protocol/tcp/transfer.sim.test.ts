/** Transfers in both directions over a bad wire: every byte exactly once, in bounded time, replicas equal. */
import { describe, expect, it } from 'vitest'
import { Random } from '../../device/random.ts'
import { OptionBit } from '../../wire/header.ts'
import type { MachineConfig } from '../config.ts'
import { type TransferOptions, transfer } from '../testing/transfer.ts'
import type { World } from '../testing/world.ts'

function seeds(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}

/** A transfer drawn from one seed: buffers, segments, path and amounts. */
function draw(seed: number): TransferOptions {
  const random = new Random(seed * 7919)
  const config: Partial<MachineConfig> = {
    congestionControl: random.chance(0.5) ? 'cubic' : 'newreno',
    sendBufferBytes: 1 << (13 + random.below(6)),
    receiveBufferBytes: 1 << (13 + random.below(6)),
    segmentCount: 1 << (4 + random.below(6)),
    reorderingFloorMicros: random.below(3) * 1000,
    mtuBytes: random.chance(0.2) ? 9000 : 1500,
  }
  return {
    seed,
    wire: {
      delayMicros: 50 + random.below(20_000),
      jitterMicros: random.chance(0.5) ? random.below(5_000) : 0,
      lossProbability: random.chance(0.7) ? random.below(8) / 100 : 0,
      duplicationProbability: random.chance(0.3) ? random.below(10) / 100 : 0,
    },
    config,
    leftBytes: random.below(300_000),
    rightBytes: random.below(300_000),
    readStepBytes: random.chance(0.3) ? 4096 : 1,
    // Sequence numbers begin shortly before they wrap, or before their sign changes.
    initialSequence: (random.chance(0.5) ? -1 : 0x7fffffff) - random.below(100_000),
  }
}

/** Extremes of everything at once: rings of two segments, buffers of two kilobytes, a tenth of a second of delay. */
function drawExtremes(seed: number): TransferOptions {
  const random = new Random(seed * 7919)
  const narrowing = random.chance(0.2)
    ? { pathMtuBytes: 400 + random.below(1000), pathMtuFromFrame: random.below(400) }
    : {}
  return {
    seed,
    wire: {
      delayMicros: 1 + random.below(100_000),
      jitterMicros: random.chance(0.5) ? random.below(30_000) : 0,
      lossProbability: random.chance(0.7) ? random.below(15) / 100 : 0,
      duplicationProbability: random.chance(0.3) ? random.below(30) / 100 : 0,
      strippedOptions: random.chance(0.3) ? random.below(16) : 0,
      ...narrowing,
    },
    config: {
      congestionControl: random.chance(0.5) ? 'cubic' : 'newreno',
      sendBufferBytes: 1 << (11 + random.below(9)),
      receiveBufferBytes: 1 << (11 + random.below(9)),
      segmentCount: 1 << (1 + random.below(10)),
      reorderingFloorMicros: random.below(30) * 1000,
      mtuBytes: [576, 1500, 9000, 65_535][random.below(4)] as number,
      timeWaitMicros: 600_000_000,
      minimumRtoMicros: 50_000 + random.below(400_000),
      delayedAckMicros: 1000 + random.below(100_000),
    },
    leftBytes: random.below(200_000),
    rightBytes: random.below(200_000),
    readStepBytes: random.chance(0.3) ? 1 + random.below(1000) : 1,
    chunkBytes: 1 + random.below(65_536),
    initialSequence: random.next(),
  }
}

function expectOrderlyEnd(world: World): void {
  expect(world.left.application.closed).toBe(0)
  expect(world.right.application.closed).toBe(0)
}

describe('a transfer over a wire that loses, reorders and duplicates', () => {
  it.each(seeds(300))('delivers every byte once, in both directions (seed %i)', (seed) => {
    expectOrderlyEnd(transfer(draw(seed)))
  })

  it.each(seeds(300))('delivers every byte once at the extremes (seed %i)', (seed) => {
    expectOrderlyEnd(transfer(drawExtremes(seed)))
  })

  const optionSets = [
    ['SACK', OptionBit.sackPermitted],
    ['timestamps', OptionBit.timestamps],
    ['window scaling', OptionBit.windowScale],
    ['any option', 15],
  ] as const
  describe.each(optionSets)('and takes out %s', (_, strippedOptions) => {
    it.each(seeds(40))('delivers every byte once (seed %i)', (seed) => {
      const options = draw(1000 + seed)
      expectOrderlyEnd(transfer({ ...options, wire: { ...options.wire, strippedOptions } }))
    })
  })

  it.each(seeds(60))('survives a path that becomes narrower on the way (seed %i)', (seed) => {
    const options = draw(2000 + seed)
    const pathMtuBytes = 600 + ((seed * 37) % 800)
    const wire = { ...options.wire, pathMtuBytes, pathMtuFromFrame: seed * 5 }
    expectOrderlyEnd(transfer({ ...options, wire }))
  })

  it.each(seeds(40))('survives the loss of every fourth frame (seed %i)', (seed) => {
    const options = draw(3000 + seed)
    const wire = { ...options.wire, lossProbability: 0.25 }
    // TIME-WAIT outlasts any backoff, so that the last FIN is answered however often it is lost.
    const config = { ...options.config, timeWaitMicros: 600_000_000 }
    expectOrderlyEnd(transfer({ ...options, wire, config, leftBytes: 60_000, rightBytes: 20_000 }))
  })
})

describe('a transfer over a good wire', () => {
  it('uses all of the window after slow start, and sends nothing twice', () => {
    const delayMicros = 5_000
    const world = transfer({
      seed: 1,
      wire: { delayMicros },
      leftBytes: 20_000_000,
      rightBytes: 0,
      config: { sendBufferBytes: 1 << 20, receiveBufferBytes: 1 << 20, segmentCount: 1024 },
    })
    const { retransmits, timeouts } = world.left.counters
    expect({ retransmits, timeouts }).toEqual({ retransmits: 0, timeouts: 0 })
    // A window of 1 MiB each round trip of 10 ms would take 190 ms; slow start and the close take the rest.
    expect(world.elapsedMicros).toBeLessThan(600_000)
  })

  it('is not disturbed by reordering within the floor', () => {
    const world = transfer({
      seed: 2,
      wire: { delayMicros: 5_000, jitterMicros: 3_000 },
      leftBytes: 5_000_000,
      rightBytes: 0,
      // Data and ACK may each be late.
      config: { reorderingFloorMicros: 6_000, sendBufferBytes: 1 << 19, receiveBufferBytes: 1 << 19 },
    })
    const { retransmits, fastRetransmits, timeouts } = world.left.counters
    expect({ retransmits, fastRetransmits, timeouts }).toEqual({
      retransmits: 0,
      fastRetransmits: 0,
      timeouts: 0,
    })
  })

  it('repairs rare losses without a single timeout', () => {
    const world = transfer({
      seed: 3,
      wire: { delayMicros: 5_000, lossProbability: 0.002 },
      leftBytes: 10_000_000,
      rightBytes: 0,
      config: { sendBufferBytes: 1 << 19, receiveBufferBytes: 1 << 19, segmentCount: 512 },
    })
    expect(world.left.counters.timeouts).toBe(0)
    // No more segments were sent again than the wire lost.
    expect(world.left.counters.retransmits).toBeLessThanOrEqual(world.dropped)
  })
})
