/** The verdict on a claim that several experiments test, and in a few words why it is no better. Pure. */
import type { Experiment } from '../../harness/matrix/experiment.ts'
import { supportedCells } from '../../harness/matrix/unsupported.ts'
import type { ExperimentSummary, Summary } from '../../harness/result/summary.ts'
import { fewestRounds } from '../../harness/verdict/few-rounds.ts'
import type { Verdict } from '../../harness/verdict/judgement.ts'

/** As the cells of one experiment make its verdict: what holds in one and not in another holds in part. */
export function combineVerdicts(verdicts: readonly Verdict[]): Verdict {
  const has = (verdict: Verdict) => verdicts.includes(verdict)
  if (verdicts.length > 0 && verdicts.every((verdict) => verdict === 'reproduced')) return 'reproduced'
  if (has('reproduced') || has('partly')) return 'partly'
  return has('not reproduced') && !has('cannot tell here') ? 'not reproduced' : 'cannot tell here'
}

/** Of an experiment; empty if it is reproduced. */
export function whyNot(experiment: Experiment, summary: ExperimentSummary, { machine }: Summary): string {
  const { verdict, reasons, cells } = summary
  if (verdict === 'reproduced') return ''
  if (verdict === 'partly') return 'in some cells'
  if (verdict === 'not reproduced') return 'otherwise than claimed'
  const planned = new Set(supportedCells(experiment).map(({ id }) => id))
  const samples = cells.filter(({ cell }) => planned.has(cell)).map((cell) => cell.samples)
  if (Math.max(0, ...samples) === 0) return 'nothing measured'
  if (cells.some((cell) => cell.void > 0 || cell.divergences > 0)) return 'wrong bytes or states'
  if (Math.min(...samples) < fewestRounds) return 'too few rounds'
  if (reasons.some((reason) => reason.includes('cannot refute'))) {
    return `${machine.cores} cores cannot refute it`
  }
  return 'intervals too wide'
}

/** Of a claim. Several experiments are counted; one says why itself. */
export function whyNotOf(
  experiments: readonly Experiment[],
  summaries: readonly ExperimentSummary[],
  whole: Summary,
): string {
  const whys = experiments.map((experiment, index) =>
    whyNot(experiment, summaries[index] as ExperimentSummary, whole),
  )
  const verdict = combineVerdicts(summaries.map((each) => each.verdict))
  const [first = ''] = whys
  if (whys.length === 1 || verdict === 'reproduced') return first
  if (verdict !== 'partly') return [...new Set(whys)].join('; ')
  const reproduced = summaries.filter((each) => each.verdict === 'reproduced').length
  return reproduced === 0 ? 'in some cells' : `${reproduced} of ${summaries.length} reproduced`
}
