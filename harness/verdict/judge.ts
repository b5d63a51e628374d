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
import { judgeBySurvival } from './rules/survival.ts'
import { judgeByTrend } from './rules/trend.ts'

/** `quantity` is the name, for sentences, of the measure that cells are compared by. */
export function judge(
  rule: VerdictRule,
  cells: readonly JudgedCell[],
  machine: Machine,
  quantity: string,
): Judgement {
  const isAboutEquality = rule.kind === 'cost' || rule.kind === 'at-most'
  const refuted = isAboutEquality ? refuteEquality(cells) : undefined
  if (refuted !== undefined) return refuted
  const faults = cells.reduce((total, cell) => total + cell.void, 0)
  if (faults > 0) {
    return {
      verdict: 'cannot tell here',
      reasons: [`${faults} samples had wrong bytes or differing states, which voids the comparison.`],
    }
  }
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
