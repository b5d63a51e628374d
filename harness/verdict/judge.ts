/** The rule that turns an experiment's cells into a verdict. Pure. */
import type { VerdictRule } from '../matrix/experiment.ts'
import type { Machine } from '../result/manifest.ts'
import type { JudgedCell, Judgement } from './judgement.ts'
import { judgeByLimit } from './rules/at-most.ts'
import { judgeByContrast } from './rules/contrast.ts'
import { judgeByCost, refuteEquality } from './rules/cost.ts'
import { judgeByCrossover } from './rules/crossover.ts'
import { judgeByFlatness } from './rules/flat.ts'
import { judgeByLockModel } from './rules/lock-model.ts'
import { judgeByMeasureRange } from './rules/measure-range.ts'
import { judgeByModel } from './rules/model.ts'
import { judgeByPrediction } from './rules/prediction.ts'
import { judgeByRange } from './rules/range.ts'
import { judgeByReplicatedWork } from './rules/replicated-work.ts'
import { judgeBySurvival, refuteSurvival } from './rules/survival.ts'
import { judgeByTrend } from './rules/trend.ts'
import { remarksOnUnjudged } from './unjudged.ts'

/**
 * `quantity` is the name, for sentences, of the measure that cells are compared by. What was wrong with samples, or missing,
 * comes before the rule and after it, so that it is the same for all rules.
 */
export function judge(
  rule: VerdictRule,
  cells: readonly JudgedCell[],
  machine: Machine,
  quantity: string,
): Judgement {
  const settled = refuteAtOnce(rule, cells) ?? voidComparison(cells)
  if (settled !== undefined) return settled
  const { verdict, reasons } = judgeBy(rule, cells, machine, quantity)
  const unjudged = remarksOnUnjudged(rule, cells)
  return {
    verdict: verdict === 'reproduced' && unjudged.length > 0 ? 'partly' : verdict,
    reasons: [...reasons, ...unjudged],
  }
}

/** What refutes a claim by itself, even in a sample that counts for nothing else. */
function refuteAtOnce({ kind }: VerdictRule, cells: readonly JudgedCell[]): Judgement | undefined {
  if (kind === 'survival') return refuteSurvival(cells)
  return kind === 'cost' || kind === 'at-most' ? refuteEquality(cells) : undefined
}

/** States may also have differed in samples that failed, which are not among those that are void. */
function voidComparison(cells: readonly JudgedCell[]): Judgement | undefined {
  const faults = cells.reduce((total, cell) => total + cell.void, 0)
  const divergences = cells.reduce((total, cell) => total + cell.divergences, 0)
  if (faults === 0 && divergences === 0) return undefined
  const what =
    faults > 0
      ? `${faults} samples had wrong bytes or differing states`
      : `${divergences} state digests differed between replicas at equal index`
  return { verdict: 'cannot tell here', reasons: [`${what}, which voids the comparison.`] }
}

function judgeBy(
  rule: VerdictRule,
  cells: readonly JudgedCell[],
  machine: Machine,
  quantity: string,
): Judgement {
  switch (rule.kind) {
    case 'model':
      return judgeByModel(rule, cells)
    case 'survival':
      return judgeBySurvival(rule, cells)
    case 'cost':
      return judgeByCost(rule, cells, quantity)
    case 'contrast':
      return judgeByContrast(rule, cells, machine, quantity)
    case 'replicated-work':
      return judgeByReplicatedWork(rule, cells, machine)
    case 'crossover':
      return judgeByCrossover(rule, cells, machine, quantity)
    case 'prediction':
      return judgeByPrediction(rule, cells)
    case 'trend':
      return judgeByTrend(rule, cells, machine)
    case 'at-most':
      return judgeByLimit(rule, cells)
    case 'lock-model':
      return judgeByLockModel(rule, cells, machine)
    case 'flat':
      return judgeByFlatness(rule, cells)
    case 'measure-range':
      return judgeByMeasureRange(rule, cells)
    case 'speedup-range':
      return judgeByRange(rule, cells, machine)
  }
}
