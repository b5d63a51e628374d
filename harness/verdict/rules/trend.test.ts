import { expect, test } from 'vitest'
import type { TrendRule } from '../../matrix/experiment.ts'
import { machine } from '../../testing/fixtures.ts'
import type { JudgedCell } from '../judgement.ts'
import { judgedCell } from '../testing/judged-cell.ts'
import { judgeByTrend } from './trend.ts'

const rule: TrendRule = {
  kind: 'trend',
  factor: 'segmentBytes',
  along: [536, 1460, 8960],
  speedup: 'rises',
  refutableFromCores: 3,
}
const many = { ...machine, cores: 8 }

function cell(segmentBytes: number, median: number, changes: Partial<JudgedCell> = {}): JudgedCell {
  return judgedCell({
    factors: { strategy: 'replicated', replicas: 2, payloadWork: 'checksum', topology: 'tap', segmentBytes },
    samples: 7,
    speedupOverSequential: { median, low: median - 0.1, high: median + 0.1 },
    roundsCompared: 7,
    speedupCoverage: 0.97,
    ...changes,
  })
}

const verdictOf = (cells: JudgedCell[], on = many) => judgeByTrend(rule, cells, on).verdict

test('ends that lie apart as claimed confirm it, whatever lies between', () => {
  const cells = [cell(8960, 1.5), cell(536, 1), cell(1460, 0.8)]
  expect(judgeByTrend(rule, cells, many)).toEqual({
    verdict: 'reproduced',
    reasons: [
      'replicated N=2: the speed-up is 1.00 at 536 B (0.90 … 1.10), 0.80 at 1460 B (0.70 … 0.90), 1.50 at 8960 B (1.40 … 1.60): it rises, as claimed.',
    ],
  })
})

test('ends that lie apart the other way refute it, where there are enough cores', () => {
  const cells = [cell(536, 1.5), cell(8960, 1)]
  expect(verdictOf(cells)).toBe('not reproduced')
  expect(verdictOf(cells, { ...machine, cores: 2 })).toBe('cannot tell here')
  expect(judgeByTrend({ ...rule, speedup: 'falls' }, cells, many).verdict).toBe('reproduced')
})

test('ends that overlap, or rest on too few rounds, tell nothing', () => {
  expect(verdictOf([cell(536, 1), cell(8960, 1.15)])).toBe('cannot tell here')
  expect(verdictOf([cell(536, 1), cell(8960, 1.5, { roundsCompared: 2 })])).toBe('cannot tell here')
})

test('the sequential stack and a single replica have no trend', () => {
  const alike = (factors: JudgedCell['factors']) =>
    [536, 8960].map((segmentBytes) => cell(segmentBytes, 1, { factors: { ...factors, segmentBytes } }))
  const { factors } = cell(536, 1)
  const { replicas: _, ...rest } = factors
  const cells = [
    ...alike({ ...rest, strategy: 'sequential' }),
    ...alike({ ...factors, replicas: 1 }),
    cell(536, 1),
    cell(8960, 1.5),
  ]
  expect(judgeByTrend(rule, cells, many)).toMatchObject({ verdict: 'reproduced', reasons: { length: 1 } })
})

test('each sort of cells is a line of its own', () => {
  const locked = (segmentBytes: number, median: number) => {
    const { factors, ...rest } = cell(segmentBytes, median)
    return { ...rest, factors: { ...factors, strategy: 'locked' as const } }
  }
  const cells = [cell(536, 1), cell(8960, 1.5), locked(536, 1.5), locked(8960, 1)]
  const { verdict, reasons } = judgeByTrend(rule, cells, many)
  expect(verdict).toBe('partly')
  expect(reasons[0]).toMatch(/^replicated N=2: /)
  expect(reasons[1]).toMatch(/^locked N=2: .*: it is claimed that it rises\.$/)
})

test('without both ends nothing can be told', () => {
  expect(verdictOf([cell(536, 1), cell(1460, 1.5)])).toBe('cannot tell here')
  expect(verdictOf([cell(536, 1), cell(8960, 1.5, { speedupOverSequential: null })])).toBe('cannot tell here')
})
