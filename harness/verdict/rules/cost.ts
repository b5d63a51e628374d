/**
 * Whether replicas were equal wherever they were compared, and whether the comparison cost no more than the rule
 * allows. A cost is the share of the goodput, or of the measure that cells are compared by, that a cell loses against
 * the same cell without the comparison. It follows from ratios within a round. Pure.
 */
import type { CostRule } from '../../matrix/experiment.ts'
import type { Factors } from '../../matrix/factors.ts'
import type { MedianInterval } from '../../statistics/median.ts'
import { conclude, type Finding } from '../conclude.ts'
import { fewestRounds, rangeOver, remarksOnCoverage } from '../few-rounds.ts'
import type { Cost, JudgedCell, Judgement } from '../judgement.ts'

/** The cost that follows from a gain: of the cell with what is paid for, over the cell without it. */
export function costOfRatio({ median, low, high, samples, coverage }: MedianInterval): Cost {
  return { median: 1 - median, low: 1 - high, high: 1 - low, rounds: samples, coverage }
}

/** The judgement if states differed in any sample, void and failed ones included; undefined if none differed. */
export function refuteEquality(cells: readonly JudgedCell[]): Judgement | undefined {
  const { divergences } = comparisons(cells)
  if (divergences === 0) return undefined
  return {
    verdict: 'not reproduced',
    reasons: [`${divergences} state digests differed between replicas at equal index.`],
  }
}

export function judgeByCost(rule: CostRule, cells: readonly JudgedCell[], quantity: string): Judgement {
  const { digestsCompared } = comparisons(cells)
  const failed = cells.reduce((sum, cell) => sum + cell.failed, 0)
  const costs = cells.flatMap(({ factors, cost, digestsCompared: seen }) =>
    cost === null ? [] : [{ factors, cost, seen }],
  )
  // Cells that compared no state: their cost proves nothing.
  const unseen = costs.filter(({ seen }) => seen === 0)
  if (costs.length === 0 || digestsCompared === 0) {
    return {
      verdict: 'cannot tell here',
      reasons: ['No states were compared, or nothing to compare their cost with.'],
    }
  }
  const findings = costs.map(({ cost }) => findingOf(rule, cost))
  const reasons = [
    `${digestsCompared.toLocaleString('en-US')} state digests were compared, and none differed.`,
    ...unseen.map(({ factors }) => `${nameOf(factors)}: no state was compared while it worked.`),
    ...(failed === 0 ? [] : [`${failed} samples failed, so their states were not compared to the end.`]),
    ...costs.map(({ factors, cost }, index) => {
      const what = `${nameOf(factors)}: ${rule.factor} ${rule.of}`
      const range = rangeOver(cost.rounds, inPercent(cost.low), inPercent(cost.high))
      return `${what} costs ${inPercent(cost.median)} of the ${quantity} (${range}): ${describe(rule, cost, findings[index] as Finding)}.`
    }),
    ...remarksOnCoverage(Math.min(...costs.map(({ cost }) => cost.coverage))),
  ]
  if (failed > 0 || unseen.length > 0) return { verdict: 'cannot tell here', reasons }
  return conclude(findings, reasons)
}

function findingOf({ atMost }: CostRule, { low, high, rounds }: Cost): Finding {
  if (rounds < fewestRounds) return 'unclear'
  if (high <= atMost) return 'as claimed'
  return low > atMost ? 'otherwise' : 'unclear'
}

function describe({ atMost }: CostRule, { rounds }: Cost, finding: Finding): string {
  const limit = inPercent(atMost)
  if (finding === 'as claimed') return `at most ${limit}`
  if (finding === 'otherwise') return `more than ${limit}`
  return rounds < fewestRounds
    ? `fewer than ${fewestRounds} rounds could be compared`
    : `on both sides of ${limit}`
}

function nameOf({ payloadWork, replicas }: Factors): string {
  return `${payloadWork}, N=${replicas}`
}

function comparisons(cells: readonly JudgedCell[]) {
  const sum = (field: 'divergences' | 'digestsCompared') =>
    cells.reduce((total, cell) => total + cell[field], 0)
  return { divergences: sum('divergences'), digestsCompared: sum('digestsCompared') }
}

/** `−0.4 %` */
export function inPercent(share: number): string {
  return `${share < 0 ? '−' : ''}${Math.abs(share * 100).toFixed(1)} %`
}
