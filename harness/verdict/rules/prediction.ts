/**
 * Whether the virtual cores predicted what was measured. Pure. An error is the predicted median over the measured one,
 * less 1; only checks count: predictions for the processors that the measured stack, application and peer shared.
 */
import type { PredictionRule } from '../../matrix/prediction-plan.ts'
import type { CheckedPrediction } from '../../result/prediction.ts'
import type { Interval } from '../../statistics/interval.ts'
import { median } from '../../statistics/median.ts'
import { fewestRounds } from '../few-rounds.ts'
import type { JudgedCell, Judgement, PredictedCell } from '../judgement.ts'

export interface ErrorSizes {
  readonly median: number
  readonly largest: number
}

export function predictedCell(check: CheckedPrediction, measuredMbps: number | null): PredictedCell {
  const { processors, goodputMbps, speedup } = check
  return {
    processors,
    goodputMbps,
    speedupOverSequential: speedup,
    error: errorOf(goodputMbps, measuredMbps),
  }
}

export function errorOf(predicted: Interval, measuredMbps: number | null): number | null {
  return measuredMbps === null || measuredMbps === 0 ? null : predicted.median / measuredMbps - 1
}

/** Null for no errors. */
export function errorSizes(errors: readonly number[]): ErrorSizes | null {
  const sizes = errors.map(Math.abs)
  const middle = median(sizes)
  return middle === null ? null : { median: middle, largest: Math.max(...sizes) }
}

export function judgeByPrediction(rule: PredictionRule, cells: readonly JudgedCell[]): Judgement {
  const compared = cells.flatMap((cell) => {
    const error = cell.predicted?.error ?? null
    return error === null ? [] : [{ cell, error }]
  })
  const sizes = errorSizes(compared.map(({ error }) => error))
  if (sizes === null) {
    return { verdict: 'cannot tell here', reasons: ['No cell was both predicted and measured.'] }
  }
  const worst = compared.find(({ error }) => Math.abs(error) === sizes.largest) as (typeof compared)[number]
  const reasons = [
    `Predicted against measured goodput, ${compared.length} cells: median error ${percent(sizes.median)} (at most ${percent(rule.median)} allowed), largest ${percent(sizes.largest)} (at most ${percent(rule.worst)}): ${nameOf(worst.cell)}, ${worst.error < 0 ? 'predicted too low' : 'predicted too high'}.`,
  ]
  const missing = cells.length - compared.length
  if (missing > 0) reasons.push(`${missing} of ${cells.length} cells lack a prediction or a measurement.`)
  const fewest = Math.min(...compared.map(({ cell }) => cell.samples))
  if (fewest < fewestRounds) {
    reasons.push(`With fewer than ${fewestRounds} rounds what was measured may itself be off by as much.`)
  }
  if (missing > 0 || fewest < fewestRounds) return { verdict: 'cannot tell here', reasons }
  const holds = sizes.median <= rule.median && sizes.largest <= rule.worst
  return { verdict: holds ? 'reproduced' : 'not reproduced', reasons }
}

function nameOf({ factors }: JudgedCell): string {
  const { payloadWork, strategy, replicas } = factors
  return `${payloadWork}, ${strategy}${replicas === undefined ? '' : ` N=${replicas}`}`
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
