/** Whether connections survived the disturbances: every byte arrived, and no pause was longer than allowed. Pure. */
import type { SurvivalRule } from '../../matrix/experiment.ts'
import type { JudgedCell, Judgement } from '../judgement.ts'

/** The judgement if any sample failed, whatever else was wrong with it; undefined if none did. */
export function refuteSurvival(cells: readonly JudgedCell[]): Judgement | undefined {
  const failed = cells.reduce((sum, cell) => sum + cell.failed, 0)
  if (failed === 0) return undefined
  return {
    verdict: 'not reproduced',
    reasons: [`${failed} samples failed: their connections were reset, or never ended.`],
  }
}

/** Of cells without a failed sample. */
export function judgeBySurvival({ gapMillis: limit }: SurvivalRule, cells: readonly JudgedCell[]): Judgement {
  const disturbed = cells.filter((cell) => cell.disturbances > 0)
  if (disturbed.length === 0) {
    return { verdict: 'cannot tell here', reasons: ['No replica was disturbed.'] }
  }
  const reasons = disturbed.map(({ factors, disturbances, gapMillis }) => {
    const gap = `${gapMillis?.median.toFixed(0)} ms (${gapMillis?.low.toFixed(0)} … ${gapMillis?.high.toFixed(0)})`
    const what = factors.disturbance === 'kill' ? 'replicas killed' : `stalls (${factors.disturbance})`
    return `${disturbances} ${what}, N=${factors.replicas}: no byte lost, no connection reset; median gap ${gap}, at most ${limit} ms allowed.`
  })
  const late = disturbed.filter(({ gapMillis }) => (gapMillis?.median ?? 0) > limit).length
  if (late === 0) return { verdict: 'reproduced', reasons }
  return { verdict: late < disturbed.length ? 'partly' : 'not reproduced', reasons }
}
