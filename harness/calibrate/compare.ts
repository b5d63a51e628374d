/** Predictions beside what a run measured: which cells can be predicted, and how far off the answers are. Pure. */
import { median } from '../measure/median.ts'
import type { CellSummary, ExperimentSummary } from '../result/summary.ts'
import type { Prediction, PredictionQuestion } from './predict.ts'

const comparable = 'tcp-send'
/** A cell that varies anything else asks for what the virtual cores do not model. */
const predicted = new Set(['strategy', 'replicas', 'payloadWork', 'topology'])

export interface ComparableCell {
  readonly measuredMbps: number
  readonly question: Pick<PredictionQuestion, 'strategy' | 'payloadWork'>
}

export interface Comparison extends ComparableCell {
  readonly predictedMbps: number
  /** Signed, as a share of what was measured. */
  readonly error: number
}

export function comparableCells(experiments: readonly ExperimentSummary[]): ComparableCell[] {
  const cells = experiments.find((each) => each.id === comparable)?.cells ?? []
  return cells.flatMap((cell) => {
    const question = questionOf(cell)
    return question === undefined || cell.goodputMbps === null
      ? []
      : [{ measuredMbps: cell.goodputMbps.median, question }]
  })
}

export function compare(cell: ComparableCell, prediction: Prediction): Comparison {
  const predictedMbps = prediction.goodputMbps.median
  return { ...cell, predictedMbps, error: predictedMbps / cell.measuredMbps - 1 }
}

/** Of the errors' sizes; null for no comparisons. */
export function errorsOf(comparisons: readonly Comparison[]): { median: number; largest: number } | null {
  const sizes = comparisons.map(({ error }) => Math.abs(error))
  const middle = median(sizes)
  return middle === null ? null : { median: middle, largest: Math.max(...sizes) }
}

function questionOf({ factors }: CellSummary): ComparableCell['question'] | undefined {
  const { payloadWork, replicas = 1, topology } = factors
  if (Object.keys(factors).some((name) => !predicted.has(name)) || topology !== 'tap') return undefined
  if (payloadWork !== 'copy' && payloadWork !== 'checksum' && payloadWork !== 'cipher') return undefined
  switch (factors.strategy) {
    case 'sequential':
      return { payloadWork, strategy: { kind: 'sequential' } }
    case 'replicated':
      return { payloadWork, strategy: { kind: 'replicated', replicas } }
    case 'locked':
      return { payloadWork, strategy: { kind: 'locked', workers: replicas } }
  }
  return undefined
}
