import { expect, test } from 'vitest'
import { summarize } from '../../result/summary.ts'
import { fakePredictedRun, fakeRun } from '../../testing/fake-run.ts'
import { machine } from '../../testing/fixtures.ts'
import { judge } from '../judge.ts'
import type { JudgedCell, PredictedCell } from '../judgement.ts'
import { errorSizes } from './prediction.ts'

const rule = { kind: 'prediction', median: 0.1, worst: 0.2 } as const
const [sound] = summarize(fakeRun().manifest, fakeRun().samples).experiments[0]?.cells ?? []

function cell(error: number | null, changes: Partial<JudgedCell> = {}): JudgedCell {
  const range = { median: 1, low: 1, high: 1 }
  const predicted: PredictedCell = { processors: 2, goodputMbps: range, speedupOverSequential: range, error }
  return { ...(sound as JudgedCell), predicted, ...changes }
}

const judged = (cells: readonly JudgedCell[]) => judge(rule, cells, machine, 'goodput')

test('errors are judged by their sizes: their median, and the largest', () => {
  expect(errorSizes([0.1, -0.3, 0.05])).toEqual({ median: 0.1, largest: 0.3 })
  expect(errorSizes([])).toBeNull()
})

test('a small median and no large error: reproduced, with the numbers', () => {
  const factors = { strategy: 'locked', replicas: 2, payloadWork: 'cipher', topology: 'tap' } as const
  const judgement = judged([cell(0.02), cell(-0.19, { factors }), cell(0.04)])
  expect(judgement.verdict).toBe('reproduced')
  expect(judgement.reasons).toEqual([
    'Predicted against measured goodput, 3 cells: median error 4.0 % (at most 10.0 % allowed), largest 19.0 % (at most 20.0 %): cipher, locked N=2, predicted too low.',
  ])
})

test('one large error, or a large median, refutes it', () => {
  expect(judged([cell(0.02), cell(0.21), cell(0.04)]).verdict).toBe('not reproduced')
  expect(judged([cell(0.12), cell(-0.12), cell(0.04)]).verdict).toBe('not reproduced')
})

test('nothing is said of cells without a prediction, or with too few rounds', () => {
  expect(judged([cell(null)]).verdict).toBe('cannot tell here')
  expect(judged([cell(0.02), cell(0, { predicted: null })])).toMatchObject({
    verdict: 'cannot tell here',
    reasons: [expect.any(String), '1 of 2 cells lack a prediction or a measurement.'],
  })
  expect(judged([cell(0.02, { samples: 2 })]).verdict).toBe('cannot tell here')
})

test('a summary has predictions and errors at the cells, and the outlook beside them', () => {
  const { manifest, samples, predictions } = fakePredictedRun()
  const summary = summarize(manifest, samples, predictions).experiments[0]
  expect(summary?.verdict).toBe('reproduced')
  expect(summary?.cells.map(({ predicted }) => predicted?.processors)).toEqual(Array(6).fill(2))
  for (const { predicted } of summary?.cells ?? []) expect(predicted?.error).toBeCloseTo(0.04, 1)
  expect(summary?.predictions?.outlook).toHaveLength(10)
  expect(summary?.predictions?.errors?.median).toBeCloseTo(0.04, 1)

  const failure = { reason: 'The virtual cores failed.', remedy: 'Measure again.' }
  const failed = summarize(manifest, samples, [{ kind: 'failure', experiment: 'small', failure }])
  expect(failed.experiments[0]).toMatchObject({
    verdict: 'cannot tell here',
    reasons: ['Nothing more was predicted: The virtual cores failed.', expect.any(String)],
    predictions: { failures: [failure], errors: null },
  })
})
