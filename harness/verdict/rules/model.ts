/** Whether measured speed-ups are those of the model S(N) = N / (1 + (N-1) r), for cells that have r as a factor. Pure. */
import type { ModelRule } from '../../matrix/experiment.ts'
import { predictedSpeedup } from '../../statistics/model.ts'
import { conclude, type Finding } from '../conclude.ts'
import { fewestRounds } from '../few-rounds.ts'
import type { JudgedCell, Judgement } from '../judgement.ts'

export function judgeByModel({ tolerance }: ModelRule, cells: readonly JudgedCell[]): Judgement {
  const compared = cells.flatMap((cell): { finding: Finding; words: string }[] => {
    const { workRatio, replicas } = cell.factors
    const measured = cell.speedupOverSequential?.median
    if (workRatio === undefined || replicas === undefined || measured === undefined) return []
    const predicted = predictedSpeedup(replicas, workRatio)
    const deviation = measured / predicted - 1
    const sign = deviation < 0 ? '−' : '+'
    const words = `r = ${workRatio}, N=${replicas}: measured ${measured.toFixed(2)}, the model says ${predicted.toFixed(2)} (${sign}${Math.abs(deviation * 100).toFixed(0)} %)`
    if (cell.roundsCompared < fewestRounds) {
      return [{ finding: 'unclear', words: `${words}; there are fewer than ${fewestRounds} rounds.` }]
    }
    const finding = Math.abs(deviation) <= tolerance ? 'as claimed' : 'otherwise'
    return [{ finding, words: `${words}.` }]
  })
  if (compared.length === 0) {
    return { verdict: 'cannot tell here', reasons: ['No cell could be compared with the model.'] }
  }
  return conclude(
    compared.map(({ finding }) => finding),
    compared.map(({ words }) => words),
  )
}
