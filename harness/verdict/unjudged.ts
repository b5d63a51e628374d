/**
 * Cells that a rule should have judged and could not, though the machine can run them: no sample of them counts, or none of
 * a cell that they are compared with. A rule sees such a cell as one that is not there, so the verdict would be on the
 * others alone. Pure.
 */
import { baselineCandidates } from '../matrix/baseline.ts'
import { counterpartsOf, isJudged } from '../matrix/counterpart.ts'
import type { VerdictRule } from '../matrix/experiment.ts'
import { nameAmong } from './cell-name.ts'
import type { JudgedCell } from './judgement.ts'
import { groupsAlong } from './rules/flat.ts'
import { comparedByModel, isComparedByModel } from './rules/lock-model.ts'
import { hasTrend } from './rules/trend.ts'

interface Needed {
  readonly cell: JudgedCell
  /** The cells that it is compared with, of those that the machine can run. */
  readonly beside: readonly JudgedCell[]
  /** Whether something is known of it that the rule judges. */
  readonly isKnown: boolean
}

/** A sentence for each of these cells. Rules that tell of such cells themselves have none. */
export function remarksOnUnjudged(rule: VerdictRule, cells: readonly JudgedCell[]): string[] {
  const remarks = neededBy(rule, cells).flatMap(({ cell, beside, isKnown }) => {
    const without = [cell, ...beside].filter(({ samples }) => samples === 0)
    if (without.length > 0) {
      return without.map((each) =>
        each === cell
          ? `${nameAmong(cell.factors, cells)}: no sample of it counts, so it is not judged.`
          : `${nameAmong(each.factors, cells)}: no sample of it counts, so nothing is compared with it.`,
      )
    }
    if (isKnown || beside.length === 0) return []
    return [`${nameAmong(cell.factors, cells)}: no round has it and what it is compared with.`]
  })
  return [...new Set(remarks)]
}

function neededBy(rule: VerdictRule, cells: readonly JudgedCell[]): Needed[] {
  switch (rule.kind) {
    case 'cost':
    case 'contrast':
    case 'crossover':
      return cells
        .filter((cell) => isJudged(rule, cell))
        .map((cell) => {
          const known = { cost: cell.cost, contrast: cell.contrast, crossover: cell.overRival }[rule.kind]
          return { cell, beside: counterpartsOf(rule, cell, cells), isKnown: Boolean(known) }
        })
    case 'speedup-range':
      return besideSequential(
        cells,
        ({ factors: { strategy, replicas = 0 } }) => strategy === 'replicated' && replicas > 1,
      )
    case 'model':
      return besideSequential(
        cells,
        ({ factors: { workRatio, replicas } }) => workRatio !== undefined && replicas !== undefined,
      )
    case 'trend':
      return besideSequential(
        cells,
        (cell) => hasTrend(cell) && rule.along.some((value) => value === cell.factors[rule.factor]),
      )
    case 'replicated-work':
      return cells
        .filter(({ factors: { replicas = 1 } }) => replicas > 1)
        .map((cell) => ({
          cell,
          beside: baselineCandidates('single-replica', cell, cells),
          isKnown: Boolean(cell.speedupOverSingle),
        }))
    case 'lock-model':
      return cells
        .filter(isComparedByModel)
        .map((cell) => ({ cell, beside: comparedByModel(cell, cells), isKnown: true }))
    case 'flat':
      return rule.along
        .flatMap((factor) => groupsAlong(factor, cells).flat())
        .map((cell) => ({ cell, beside: [], isKnown: true }))
    case 'survival':
      return cells
        .filter(({ factors: { disturbance = 'none' } }) => disturbance !== 'none')
        .map((cell) => ({ cell, beside: [], isKnown: true }))
    case 'at-most':
    case 'measure-range':
    case 'prediction':
      return []
  }
}

function besideSequential(cells: readonly JudgedCell[], isNeeded: (cell: JudgedCell) => boolean): Needed[] {
  return cells.filter(isNeeded).map((cell) => ({
    cell,
    beside: baselineCandidates('sequential', cell, cells),
    isKnown: cell.speedupOverSequential !== null,
  }))
}
