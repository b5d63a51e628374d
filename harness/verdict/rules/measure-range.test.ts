import { expect, test } from 'vitest'
import type { Factors } from '../../matrix/factors.ts'
import { machine } from '../../testing/fixtures.ts'
import { judge } from '../judge.ts'
import type { JudgedCell } from '../judgement.ts'
import { judgedCell } from '../testing/judged-cell.ts'

const rule = { kind: 'measure-range', measure: 'shareOfLink', low: 0.4, high: 0.6 } as const

function cell(factors: Partial<Factors>, share: readonly number[] | null, samples = 9): JudgedCell {
  const [low = 0, median = 0, high = 0] = share ?? []
  return judgedCell({
    factors: { strategy: 'replicated', topology: 'dumbbell', ...factors },
    samples,
    measures: { shareOfLink: share === null ? null : { low, median, high } },
  })
}

const one = { replicas: 1 }
const two = { replicas: 2 }
const judged = (...cells: JudgedCell[]) => judge(rule, cells, machine, 'goodput')

test('reproduced if the measure lies in the range in all cells; Linux is told, not judged', () => {
  const linux = { strategy: 'linux', topology: 'dumbbell-linux' } as const
  const cells = [cell(one, [0.4, 0.5, 0.6]), cell(two, [0.41, 0.45, 0.5]), cell(linux, [0.1, 0.2, 0.3])]
  expect(judged(...cells)).toEqual({
    verdict: 'reproduced',
    reasons: [
      'replicated, N=1: share 0.50 (0.40 … 0.60), within 0.40 … 0.60.',
      'replicated, N=2: share 0.45 (0.41 … 0.50), within 0.40 … 0.60.',
      'linux, for reference: share 0.20 (0.10 … 0.30).',
    ],
  })
})

test('partly if it lies outside in some cells, and not reproduced if in all', () => {
  expect(judged(cell(one, [0.4, 0.5, 0.6]), cell(two, [0.1, 0.2, 0.39])).verdict).toBe('partly')
  const { verdict, reasons } = judged(cell(one, [0.1, 0.2, 0.39]), cell(two, [0.7, 0.8, 0.9]))
  expect(verdict).toBe('not reproduced')
  expect(reasons[1]).toBe('N=2: share 0.80 (0.70 … 0.90), outside 0.40 … 0.60.')
})

test('outside beside what may be either is no part of the claim', () => {
  const outside = cell(one, [0.1, 0.2, 0.39])
  const leaving = cell(two, [0.35, 0.45, 0.5])
  expect(judged(outside, leaving).verdict).toBe('cannot tell here')
  expect(judged(outside, leaving, cell({ replicas: 4 }, [0.4, 0.5, 0.6])).verdict).toBe('partly')
})

test('an interval that leaves the range says nothing, nor do few rounds', () => {
  const leaving = judged(cell(one, [0.4, 0.5, 0.6]), cell(two, [0.35, 0.45, 0.5]))
  expect(leaving.verdict).toBe('cannot tell here')
  expect(leaving.reasons[1]).toContain('not in all its interval within 0.40 … 0.60')
  const few = judged(cell(one, [0.4, 0.5, 0.6], 2))
  expect(few.verdict).toBe('cannot tell here')
  expect(few.reasons[0]).toContain('in fewer than 3 rounds')
  expect(judged(cell(one, [0.4, 0.5, 0.6], 3)).reasons.at(-1)).toContain('75 %')
  const linux = cell({ strategy: 'linux' }, [0.4, 0.5, 0.6], 3)
  expect(judged(cell(one, [0.4, 0.5, 0.6]), linux).reasons).toHaveLength(2)
})

test('nor does a cell without a measurement, or none at all', () => {
  expect(judged(cell(one, [0.4, 0.5, 0.6]), cell(two, null)).verdict).toBe('cannot tell here')
  expect(judged(cell({ strategy: 'linux' }, [0.4, 0.5, 0.6])).verdict).toBe('cannot tell here')
})

test('cells that the claim is not about are told, not judged', () => {
  const chosen = { ...rule, where: { replicas: [2], strategy: ['replicated'] } }
  const { verdict, reasons } = judge(
    chosen,
    [cell(one, [0.8, 0.9, 1]), cell(two, [0.41, 0.45, 0.5])],
    machine,
    'goodput',
  )
  expect(verdict).toBe('reproduced')
  expect(reasons[0]).toBe('N=1, for reference: share 0.90 (0.80 … 1.00).')
})
