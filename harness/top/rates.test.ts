import { describe, expect, test } from 'vitest'
import { ratesBetween } from './rates.ts'
import { snapshot, threadCounters } from './testing/snapshots.ts'

const earlier = snapshot(10_000, {
  perReplica: [{ applied: 0xffffff00, claimsWon: 5 }, { applied: 100 }],
  perThread: [threadCounters({ idleRounds: 50, sleeps: 2 }), threadCounters({})],
  framesOut: 1000,
  bytesSent: 1_000_000,
  digestsCompared: 10,
})
const later = snapshot(10_500, {
  perReplica: [{ applied: 0x100, claimsWon: 55 }, { applied: 350 }],
  perThread: [
    threadCounters({ idleRounds: 100, yields: 10, sleeps: 7, longestCycleMicros: 900 }),
    threadCounters({}),
  ],
  framesOut: 1500,
  bytesSent: 2_000_000,
  digestsCompared: 30,
  divergences: 1,
})

describe('rates between two snapshots', () => {
  test('are differences per second, over the wrap of a counter too', () => {
    const rates = ratesBetween(earlier, later)
    expect(rates?.threads[0]).toMatchObject({ applied: 1024, claimsWon: 100, parks: 10, spins: 70 })
    expect(rates?.threads[1]).toMatchObject({ applied: 500, claimsWon: 0, parks: 0, spins: 0 })
    expect(rates).toMatchObject({ framesOutPerSecond: 1000, sentMbps: 16, digestsComparedPerSecond: 40 })
  })

  test('leave what is no rate as it is', () => {
    const rates = ratesBetween(earlier, later)
    expect(rates?.threads[0]?.longestCycleMicros).toBe(900)
    expect(rates).toMatchObject({
      digestsCompared: 30,
      divergences: 1,
      ring: { occupied: 3, slots: 1024 },
    })
  })

  test('are of one stack only, and of some time', () => {
    expect(ratesBetween(earlier, { ...later, pid: 8 })).toBeUndefined()
    expect(ratesBetween(earlier, { ...later, title: 'another' })).toBeUndefined()
    expect(ratesBetween(earlier, earlier)).toBeUndefined()
    expect(ratesBetween(later, earlier)).toBeUndefined()
  })
})
