/**
 * What every strategy has to do, at any number of threads: the same behaviours over the simulated link with loss,
 * reordering and duplication, every byte compared.
 */
import { describe, expect, test } from 'vitest'
import type { StrategyOption } from '../options.ts'
import { type ComplianceOutcome, holdConnections } from './compliance-world.ts'
import type { SessionPlan } from './scripted-session.ts'

const base: SessionPlan = { number: 1, upBytes: 30_000, downBytes: 30_000, closesFirst: 'connecting' }
const sequential: StrategyOption = { kind: 'sequential' }

/** Fewer in the test than in a soak: `SOAK=1`. */
const seedCount = process.env.SOAK === undefined ? 4 : 100

export function describeStrategy(strategy: StrategyOption): void {
  /** Both ends run the strategy, then one end speaks to a sequential host. */
  const hold = (plans: readonly SessionPlan[], check?: (outcome: ComplianceOutcome) => void): void => {
    for (let seed = 1; seed <= seedCount; seed++) {
      const far = seed % 2 === 0 ? sequential : strategy
      const outcome = holdConnections(seed, [strategy, far], plans)
      expect({ seed, problems: outcome.problems }).toEqual({ seed, problems: [] })
      check?.(outcome)
    }
  }

  describe(`strategy ${JSON.stringify(strategy)}`, () => {
    test.each(['connecting', 'accepting', 'both'] as const)(
      'streams both ways, closed first by %s',
      (closesFirst) => {
        hold([{ ...base, closesFirst }])
      },
    )

    test('a stream one way, either way', () => {
      hold([{ ...base, upBytes: 90_000, downBytes: 0 }])
      hold([{ ...base, upBytes: 1, downBytes: 90_000, closesFirst: 'accepting' }])
    })

    test('eight connections at once', () => {
      hold(
        Array.from({ length: 8 }, (_, k) => ({
          ...base,
          number: k + 1,
          upBytes: 1 + ((k * 7919) % 20_000),
          downBytes: (k * 104_729) % 20_000,
          closesFirst: (['connecting', 'accepting', 'both'] as const)[k % 3] as 'both',
        })),
      )
    })

    test('echo', () => {
      hold([{ ...base, downBytes: 0, echoes: true, upBytes: 20_000 }])
    })

    test('a reset in the middle, beside a connection that lives on', () => {
      hold([
        { ...base, abortsAt: 12_000 },
        { ...base, number: 2 },
      ])
    })

    test('a window that is closed for seconds', () => {
      // Where losses delay the last bytes of a window by seconds, none is needed.
      let probes = 0
      hold([{ ...base, upBytes: 60_000, readsFromMicros: 5e6 }], ({ windowProbes }) => {
        probes += windowProbes
      })
      expect(probes).toBeGreaterThan(0)
    })

    test('without impairments nothing is sent again', () => {
      const outcome = holdConnections(3, [strategy, strategy], [base], false)
      expect(outcome.problems).toEqual([])
      expect(outcome.retransmits).toBe(0)
    })
  })
}
