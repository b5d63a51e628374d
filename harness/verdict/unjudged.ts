/**
 * Cells that a rule should have judged and could not, though the machine can run them: no sample of them counts, or none of
 * a cell that they are compared with. A rule sees such a cell as one that is not there, so the verdict would be on the
 * others alone. Pure.
 */
import { baselineCandidates } from '../matrix/baseline.ts'
import { counterpartsOf, isJudged } from '../matrix/counterpart.ts'
import type { ModelRule, SpeedupRange, TrendRule, VerdictRule } from '../matrix/experiment.ts'
import type { Interval } from '../statistics/interval.ts'
import { nameAmong } from './cell-name.ts'
import { type JudgedCell, numberOf } from './judgement.ts'
import { groupsAlong } from './rules/flat.ts'
import { comparedByModel, isComparedByModel } from './rules/lock-model.ts'
import { hasTrend } from './rules/trend.ts'

interface Needed {
  readonly cell: JudgedCell
  /** The cells that it is compared with, of those that the machine can run. */
  readonly beside: readonly JudgedCell[]
  /** Why the rule cannot judge it although samples count. */
  readonly lack?: string | undefined
}

/** A sentence for each of these cells. Rules that tell of such cells themselves have none. */
export function remarksOnUnjudged(rule: VerdictRule, cells: readonly JudgedCell[]): string[] {
  const nameOf = (cell: JudgedCell) => nameAmong(cell.factors, cells)
  const remarks = neededBy(rule, cells).flatMap(({ cell, beside, lack }) => {
    const without = [cell, ...beside].filter(({ samples }) => samples === 0)
    if (without.length === 0) return lack === undefined ? [] : [`${nameOf(cell)}: ${lack}.`]
    return without.map((each) => {
      const consequence = each === cell ? 'it is not judged' : 'nothing is compared with it'
      return `${nameOf(each)}: no sample of it counts, so ${consequence}.`
    })
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
          const gains = { cost: cell.cost, contrast: cell.contrast, crossover: cell.overRival }
          return besides(cell, counterpartsOf(rule, cell, cells), gains[rule.kind])
        })
    case 'speedup-range':
    case 'model':
    case 'trend':
      return cells
        .filter((cell) => isSpeedupJudged(rule, cell))
        .map((cell) =>
          besides(cell, baselineCandidates('sequential', cell, cells), cell.speedupOverSequential),
        )
    case 'replicated-work':
      return cells
        .filter(({ factors: { replicas = 1 } }) => replicas > 1)
        .map((cell) =>
          besides(cell, baselineCandidates('single-replica', cell, cells), cell.speedupOverSingle),
        )
    case 'lock-model':
      return cells.filter(isComparedByModel).map((cell) => ({ cell, beside: comparedByModel(cell, cells) }))
    case 'flat':
      return rule.along
        .flatMap((factor) => groupsAlong(factor, cells).flat())
        .map((cell) => {
          const lack = numberOf(cell, rule.measure) === null ? 'what is compared was not measured' : undefined
          return { cell, beside: [], lack }
        })
    case 'survival':
      return cells
        .filter(({ factors: { disturbance = 'none' } }) => disturbance !== 'none')
        .map((cell) => {
          return { cell, beside: [], lack: cell.disturbances === 0 ? 'no replica was disturbed' : undefined }
        })
    case 'at-most':
    case 'measure-range':
    case 'prediction':
      return []
  }
}

/** What is compared within rounds. Without a cell beside it, the machine cannot run that one: see `unsupported.ts`. */
function besides(cell: JudgedCell, beside: readonly JudgedCell[], gain: Interval | null | undefined): Needed {
  const isMissing = beside.length > 0 && (gain ?? null) === null
  return { cell, beside, lack: isMissing ? 'no round has it and what it is compared with' : undefined }
}

function isSpeedupJudged(rule: SpeedupRange | ModelRule | TrendRule, cell: JudgedCell): boolean {
  const { strategy, replicas, workRatio } = cell.factors
  switch (rule.kind) {
    case 'speedup-range':
      return strategy === 'replicated' && (replicas ?? 0) > 1
    case 'model':
      return workRatio !== undefined && replicas !== undefined
    case 'trend':
      return hasTrend(cell) && rule.along.some((value) => value === cell.factors[rule.factor])
  }
}
