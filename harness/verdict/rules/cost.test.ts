import { expect, test } from 'vitest'
import type { Definition } from '../../matrix/experiment.ts'
import type { MeasuredSample } from '../../result/sample.ts'
import { summarize } from '../../result/summary.ts'
import { fakeRun, measuring } from '../../testing/fake-run.ts'
import { machine } from '../../testing/fixtures.ts'
import { judge } from '../judge.ts'
import type { JudgedCell } from '../judgement.ts'
import { judgedCell } from '../testing/judged-cell.ts'

const rule = { kind: 'cost', factor: 'digests', of: 'on', over: 'off', atMost: 0.03 } as const

function paying(low: number, median: number, high: number, changes: Partial<JudgedCell> = {}): JudgedCell {
  return judgedCell({
    factors: { strategy: 'replicated', replicas: 2, payloadWork: 'cipher', topology: 'tap', digests: 'on' },
    samples: 15,
    digestsCompared: 1200,
    cost: { low, median, high, rounds: 15, coverage: 0.96 },
    ...changes,
  })
}

test('equal states, and every cost within the limit: reproduced', () => {
  expect(judge(rule, [paying(-0.01, 0.012, 0.03)], machine, 'goodput')).toEqual({
    verdict: 'reproduced',
    reasons: [
      '1,200 state digests were compared, and none differed.',
      'cipher, N=2: digests on costs 1.2 % of the goodput (−1.0 % … 3.0 %): at most 3.0 %.',
    ],
  })
})

test.each([
  ['one within, one beyond', 'partly', [paying(0, 0.01, 0.02), paying(0.04, 0.05, 0.06)]],
  ['one within, one on both sides', 'partly', [paying(0, 0.01, 0.02), paying(0.01, 0.02, 0.04)]],
  ['all beyond', 'not reproduced', [paying(0.04, 0.05, 0.06), paying(0.031, 0.05, 0.06)]],
  ['one beyond, one on both sides', 'cannot tell here', [paying(0.04, 0.05, 0.06), paying(0, 0.02, 0.04)]],
  ['no cost known', 'cannot tell here', [paying(0, 0, 0, { cost: null })]],
  ['nothing compared', 'cannot tell here', [paying(0, 0, 0, { digestsCompared: 0 })]],
  [
    'one that compared nothing',
    'cannot tell here',
    [paying(0, 0, 0), paying(0, 0, 0, { digestsCompared: 0 })],
  ],
  ['wrong bytes', 'cannot tell here', [paying(0, 0, 0, { void: 1 })]],
  ['a sample that failed', 'cannot tell here', [paying(0, 0, 0, { failed: 1 })]],
])('%s: %s', (_, verdict, cells) => {
  expect(judge(rule, cells, machine, 'goodput').verdict).toBe(verdict)
})

test('one state that differed refutes it, however cheap it was to find, and though its sample is void', () => {
  const cells = [paying(0, 0, 0.01), paying(0, 0, 0.01, { divergences: 2, void: 1, failed: 1 })]
  expect(judge(rule, cells, machine, 'goodput')).toEqual({
    verdict: 'not reproduced',
    reasons: ['2 state digests differed between replicas at equal index.'],
  })
})

test('two rounds are too few, and few are said to be few', () => {
  const cost = { low: 0, median: 0, high: 0.01, rounds: 2, coverage: 0.5 }
  const { verdict, reasons } = judge(rule, [paying(0, 0, 0, { cost })], machine, 'goodput')
  expect(verdict).toBe('cannot tell here')
  expect(reasons[1]).toContain('fewer than 3 rounds')
  expect(reasons[2]).toContain('50 %')
})

const digests: Partial<Definition> = {
  cells: [{ strategy: ['replicated'], replicas: [1, 2], payloadWork: ['cipher'], digests: ['on', 'off'] }],
  baselines: ['single-replica'],
  verdict: rule,
  rounds: { full: 7, quick: 2, target: 0.01 },
}

test('a cost is taken within a round, from the cell that differs in that factor alone', () => {
  const pace = [1, 4, 2, 8, 1, 1, 2]
  const run = fakeRun({
    definition: digests,
    sample: (sample: MeasuredSample) =>
      measuring(sample, {
        goodputMbps:
          100 *
          (pace[sample.round] as number) *
          (sample.factors.digests === 'on' ? 0.98 : 1) *
          (sample.factors.replicas === 2 ? 1.8 : 1),
      }),
  })
  const cells = summarize(run.manifest, run.samples).experiments[0]?.cells ?? []
  const costs = cells.map(({ factors, cost }) => [factors.replicas, factors.digests, cost?.median.toFixed(3)])
  expect(costs).toEqual([
    [1, 'on', '0.020'],
    [1, 'off', undefined],
    [2, 'on', '0.020'],
    [2, 'off', undefined],
  ])
  expect(cells[0]?.cost).toMatchObject({ rounds: 7 })
})

test('the ends of an interval of ratios change places in that of costs', () => {
  const ratios = [0.9, 0.95, 0.97, 0.98, 0.99, 1, 1.05]
  const run = fakeRun({
    definition: digests,
    sample: (sample: MeasuredSample) =>
      measuring(sample, {
        goodputMbps: 100 * (sample.factors.digests === 'on' ? (ratios[sample.round] as number) : 1),
      }),
  })
  const cost = summarize(run.manifest, run.samples).experiments[0]?.cells[0]?.cost
  expect(cost?.low).toBeCloseTo(-0.05, 9)
  expect(cost?.median).toBeCloseTo(0.02, 9)
  expect(cost?.high).toBeCloseTo(0.1, 9)
})
