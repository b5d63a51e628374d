/** Whether measured speed-ups are those of the model S(N) = N / (1 + (N-1) r), for cells that have r as a factor. Pure. */
import type { ModelRule } from '../../matrix/experiment.ts'
import { predictedSpeedup } from '../../statistics/model.ts'
import { conclude } from '../conclude.ts'
import type { JudgedCell, Judgement } from '../judgement.ts'

export function judgeByModel({ tolerance }: ModelRule, cells: readonly JudgedCell[]): Judgement {
  const deviations = cells.flatMap((cell) => {
    const { workRatio, replicas } = cell.factors
    const measured = cell.speedupOverSequential?.median
    if (workRatio === undefined || replicas === undefined || measured === undefined) return []
    const predicted = predictedSpeedup(replicas, workRatio)
    const deviation = measured / predicted - 1
    const sign = deviation < 0 ? '−' : '+'
    const words = `r = ${workRatio}, N=${replicas}: measured ${measured.toFixed(2)}, the model says ${predicted.toFixed(2)} (${sign}${Math.abs(deviation * 100).toFixed(0)} %).`
    return [{ deviation, words }]
  })
  if (deviations.length === 0) {
    return { verdict: 'cannot tell here', reasons: ['No cell could be compared with the model.'] }
  }
  const findings = deviations.map(({ deviation }) =>
    Math.abs(deviation) <= tolerance ? 'as claimed' : 'otherwise',
  )
  return conclude(
    findings,
    deviations.map(({ words }) => words),
  )
}
