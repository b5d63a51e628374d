import { expect, test } from 'vitest'
import type { Factors } from '../matrix/factors.ts'
import type { CellSummary, ExperimentSummary } from '../result/summary.ts'
import { comparableCells, compare, errorsOf } from './compare.ts'
import type { Prediction } from './predict.ts'

function experiment(...cells: [Factors, number | null][]): ExperimentSummary {
  const summaries = cells.map(([factors, median]) => ({
    factors,
    goodputMbps: median === null ? null : { median, low: median, high: median },
  }))
  return { id: 'tcp-send', cells: summaries as unknown as CellSummary[] } as unknown as ExperimentSummary
}

const prediction = (median: number) => ({ goodputMbps: { median, low: median, high: median } }) as Prediction

test('cells of strategies that are modelled are asked for, with as many threads', () => {
  const cells = comparableCells([
    experiment(
      [{ strategy: 'sequential', topology: 'tap', payloadWork: 'checksum' }, 2000],
      [{ strategy: 'replicated', topology: 'tap', payloadWork: 'cipher', replicas: 2 }, 1000],
      [{ strategy: 'locked', topology: 'tap', payloadWork: 'cipher', replicas: 2 }, 900],
    ),
  ])
  expect(cells.map(({ question }) => question.strategy)).toEqual([
    { kind: 'sequential' },
    { kind: 'replicated', replicas: 2 },
    { kind: 'locked', workers: 2 },
  ])
})

test('other factors, other topologies, other strategies and cells without a result are left out', () => {
  const cells = comparableCells([
    experiment(
      [{ strategy: 'linux', topology: 'veth', offload: 'on' }, 40_000],
      [{ strategy: 'replicated', topology: 'tap', payloadWork: 'cipher', replicas: 2, chunk: 4 }, 1000],
      [{ strategy: 'sequential', topology: 'veth-packet', payloadWork: 'cipher' }, 1000],
      [{ strategy: 'sequential', topology: 'tap', payloadWork: 'cipher' }, null],
    ),
  ])
  expect(cells).toEqual([])
})

test('errors are shares of what was measured', () => {
  const cell = {
    measuredMbps: 1000,
    question: { strategy: { kind: 'sequential' }, payloadWork: 'cipher' },
  } as const
  const comparisons = [1100, 950, 1300].map((mbps) => compare(cell, prediction(mbps)))
  expect(comparisons.map(({ error }) => Math.round(error * 100))).toEqual([10, -5, 30])
  const errors = errorsOf(comparisons)
  expect(errors?.median).toBeCloseTo(0.1, 6)
  expect(errors?.largest).toBeCloseTo(0.3, 6)
  expect(errorsOf([])).toBeNull()
})
