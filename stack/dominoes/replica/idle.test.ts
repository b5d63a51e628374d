import { describe, expect, it } from 'vitest'
import { createIdle, type IdleOptions } from './idle.ts'

/** What the strategy does in a row of rounds with the given work: s spins, y yields, p parks. */
function trace(options: IdleOptions, works: number[]): string {
  let did = ''
  const idle = createIdle(
    options,
    {
      park: (micros) => {
        did += `p${micros}`
      },
    },
    () => {
      did += 'y'
    },
  )
  return works
    .map((work) => {
      did = ''
      idle.idle(work)
      return did || (work > 0 ? '+' : 's')
    })
    .join(' ')
}

describe('idle strategies', () => {
  it('backoff spins, then yields, then parks, and starts anew after work', () => {
    const options: IdleOptions = { kind: 'backoff', spins: 2, yields: 1, parkMicros: 7 }
    expect(trace(options, [0, 0, 0, 0, 0, 3, 0, 0, 0])).toBe('s s y p7 p7 + s s y')
  })

  it('park parks at once', () => {
    expect(trace({ kind: 'park', parkMicros: 9 }, [0, 1, 0])).toBe('p9 + p9')
  })

  it.each(['spin', 'none'] as const)('%s never gives the core away', (kind) => {
    expect(trace({ kind, parkMicros: 9 }, Array(500).fill(0))).toBe(Array(500).fill('s').join(' '))
  })

  it('refuses a number of spins that is none', () => {
    expect(() => createIdle({ kind: 'backoff', spins: -1 }, { park: () => {} })).toThrow(RangeError)
  })
})
