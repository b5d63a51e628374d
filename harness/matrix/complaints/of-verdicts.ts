/** What a verdict needs of the definition that it stands in: cells to compare, baselines, predictions, precision. Pure. */
import { specificationOf } from '../../workload/workloads.ts'
import type { Baseline } from '../baseline.ts'
import { comparedFactor, comparingRule, counterpartsOf, isJudged } from '../counterpart.ts'
import type { Experiment, VerdictRule } from '../experiment.ts'
import { isOwn, type Strategy } from '../factor.ts'
import { agreeOn } from '../factors.ts'
import { isInRangeClaim } from '../range-rule.ts'
import type { Complaint } from './complaint.ts'

const isParallel = (strategy: Strategy) => isOwn(strategy) && strategy !== 'sequential'

export function complaintsAboutVerdict(experiment: Experiment): Complaint[] {
  return [
    ...complaintsAboutComparison(experiment),
    ...complaintsAboutTrend(experiment),
    ...complaintsAboutCrossover(experiment),
    ...complaintsAboutPredictions(experiment),
    ...complaintsAboutBaseline(experiment),
    ...complaintsAboutRange(experiment),
    ...complaintsAboutPrecision(experiment),
  ]
}

/** Every cell that a rule judges by comparing it with another needs exactly one counterpart. */
function complaintsAboutComparison({ verdict, cells }: Experiment): Complaint[] {
  const rule = comparingRule(verdict)
  if (rule === undefined) return []
  const { of, over } = rule
  const factor = comparedFactor(rule)
  const remedy = `list cells with ${factor} "${of}" and "${over}", equal in everything else`
  const judged = cells.filter((cell) => isJudged(rule, cell))
  if (judged.length === 0)
    return [{ path: ['verdict', 'of'], problem: `no cell has ${factor} "${of}"`, remedy }]
  return judged.flatMap((cell) => {
    const found = counterpartsOf(rule, cell, cells).length
    if (found === 1) return []
    const count = found === 0 ? 'no counterpart' : `${found} counterparts`
    const problem = `cell "${cell.id}" has ${count} with ${factor} "${over}"`
    return [{ path: ['verdict', 'over'], problem, remedy }]
  })
}

/** Between the first and the last value of a factor lies a crossover, so there have to be two. */
function complaintsAboutCrossover({ verdict, cells }: Experiment): Complaint[] {
  if (verdict.kind !== 'crossover') return []
  const { factor, of } = verdict
  const own = cells.filter(({ factors }) => factors.strategy === of)
  const [only] = own
  if (only === undefined || own.some((cell) => !agreeOn(factor, cell.factors, only.factors))) return []
  const problem = `all cells of strategy "${of}" have the same ${factor}`
  return [{ path: ['verdict', 'factor'], problem, remedy: `list two or more values of ${factor}` }]
}

/** Every value that a trend goes along needs a cell with a speed-up over the sequential stack. */
function complaintsAboutTrend({ verdict, cells }: Experiment): Complaint[] {
  if (verdict.kind !== 'trend') return []
  const { factor, along } = verdict
  const missing = along.filter(
    (value) => !cells.some(({ factors }) => factors[factor] === value && isParallel(factors.strategy)),
  )
  return missing.map((value) => ({
    path: ['verdict', 'along'],
    problem: `no cell beside the sequential ones has ${factor} "${value}"`,
    remedy: `list ${factor} in a set of cells, or leave the value out`,
  }))
}

/** A verdict on predictions needs `predictions`, and these need a workload that the virtual cores model. */
function complaintsAboutPredictions({ verdict, predictions, workload }: Experiment): Complaint[] {
  const isJudged = verdict.kind === 'prediction'
  if (isJudged && predictions === undefined) {
    const remedy = 'say what to ask of the virtual cores, or choose another verdict'
    return [{ path: ['predictions'], problem: 'missing, though the verdict is on predictions', remedy }]
  }
  if (predictions === undefined || specificationOf(workload).isPredictable(workload)) return []
  const problem = 'the virtual cores model bulk transfers that send, and nothing else'
  return [{ path: ['workload'], problem, remedy: 'choose that, or leave `predictions` out' }]
}

/** A baseline that is asked for has a cell beside every cell that it means something to; see `resolveDefinition`. */
function complaintsAboutBaseline({ verdict, baselines }: Experiment): Complaint[] {
  const needed = baselineNeeded(verdict)
  if (needed === undefined || baselines.includes(needed)) return []
  const use = verdict.kind === 'lock-model' ? 'takes its costs from' : 'judges speed-ups over'
  const problem = `"${verdict.kind}" ${use} "${needed}"`
  return [{ path: ['baselines'], problem, remedy: `add "${needed}", or choose another verdict` }]
}

function baselineNeeded({ kind }: VerdictRule): Baseline | undefined {
  switch (kind) {
    case 'speedup-range':
    case 'model':
    case 'trend':
    case 'lock-model':
      return 'sequential'
    case 'replicated-work':
      return 'single-replica'
    default:
      return undefined
  }
}

function complaintsAboutRange({ verdict, cells }: Experiment): Complaint[] {
  if (verdict.kind !== 'measure-range' || cells.some((cell) => isInRangeClaim(verdict, cell))) return []
  const remedy = 'list values that cells have, or leave it out'
  return [{ path: ['verdict', 'where'], problem: 'no cell of our stack has these values', remedy }]
}

/**
 * A run ends once its intervals are as narrow as ± `target`, and no rounds follow that could make them narrower. With half
 * of what the verdict allows, a cost of next to nothing is still told from one that is too high.
 */
function complaintsAboutPrecision({ verdict, rounds }: Experiment): Complaint[] {
  if (verdict.kind !== 'cost' || rounds.target <= verdict.atMost / 2) return []
  const problem = `${rounds.target} is more than half of the cost of ${verdict.atMost}, so a run would end before its intervals can decide`
  return [{ path: ['rounds', 'target'], problem, remedy: `give at most ${verdict.atMost / 2}` }]
}
