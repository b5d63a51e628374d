import { describe, expect, it } from 'vitest'
import { readThreadCounters, ThreadCounter } from '../layout/thread-counters.ts'
import { CountedLoop } from './counted-loop.ts'

/** A loop whose rounds and sleeps take the given times. */
function openLoop() {
  let now = 0x7fffffff - 500_000
  const clock = { nowMicros: () => now | 0 }
  const words = new Int32Array(32)
  const next = { work: 1, micros: 10 }
  const loop = new CountedLoop(
    {
      doWork: () => {
        now = (now + next.micros) | 0
        return next.work
      },
      park: () => {
        now = (now + 70_000) | 0
      },
    },
    clock,
    words,
    0,
  )
  const rounds = (count: number, micros: number, work = 1) => {
    Object.assign(next, { micros, work })
    for (let k = 0; k < count; k++) loop.doWork()
  }
  return { loop, rounds, counters: () => readThreadCounters(words, 0, 0) }
}

describe('a counted loop', () => {
  it('counts rounds that found nothing, and sleeps', () => {
    const { loop, rounds, counters } = openLoop()
    rounds(5, 10)
    rounds(3, 1, 0)
    loop.park(1)
    loop.giveWay()
    expect(counters()).toMatchObject({ idleRounds: 3, sleeps: 1, yields: 1 })
  })

  it('polls while rounds find nothing, but not while it sleeps', () => {
    const { loop, rounds, counters } = openLoop()
    rounds(5, 10)
    rounds(4, 2, 0)
    loop.park(1)
    rounds(1, 3, 0)
    rounds(5, 10)
    rounds(1, 7, 0)
    // The first after some work begins it: three of 2, and one of 3 after the sleep.
    expect(counters().pollingMicros).toBe(3 * 2 + 3)
  })

  it('shows a stall in full, for a second, and for ever as the longest', () => {
    const { rounds, counters } = openLoop()
    rounds(16, 10)
    rounds(1, 30_000)
    rounds(7, 10)
    expect(counters()).toMatchObject({ longestCycleMicros: 0, longestCycleEverMicros: 30_070 })
    rounds(8, 200_000)
    expect(counters().longestCycleMicros).toBe(1_600_000)
    rounds(8 * 13, 10_000)
    expect(counters()).toMatchObject({ longestCycleMicros: 80_000, longestCycleEverMicros: 1_600_000 })
  })

  it('takes no sleep for a cycle', () => {
    const { loop, rounds, counters } = openLoop()
    for (let k = 0; k < 100; k++) {
      rounds(7, 10)
      loop.park(1)
    }
    rounds(8 * 20, 10)
    expect(counters()).toMatchObject({ longestCycleEverMicros: 80 })
  })

  it('has places of its own for its counters', () => {
    const places = Object.values(ThreadCounter)
    expect(new Set(places).size).toBe(places.length)
    expect(Math.max(...places)).toBeLessThan(32)
  })
})
