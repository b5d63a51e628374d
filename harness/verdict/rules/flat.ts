/**
 * Whether a measure is the same, within limits, for all values of a factor: cells that differ in that factor alone are
 * compared, the largest with the least. Pure.
 */
import { describeFactors } from '../../matrix/factor-words.ts'
import { type FactorName, type Factors, identifyFactors } from '../../matrix/factors.ts'
import type { FlatRule } from '../../matrix/measure-rules.ts'
import { formatNumber } from '../../measure/format.ts'
import { measureOf } from '../../measure/measures.ts'
import type { Interval } from '../../statistics/interval.ts'
import { nameAmong } from '../cell-name.ts'
import { conclude, type Finding } from '../conclude.ts'
import { fewestRounds, remarksOnSamples } from '../few-rounds.ts'
import { type JudgedCell, type Judgement, numberOf } from '../judgement.ts'

interface Measured {
  readonly factors: Factors
  readonly value: Interval
  readonly samples: number
}

export function judgeByFlatness(rule: FlatRule, cells: readonly JudgedCell[]): Judgement {
  const measured = cells.flatMap((cell): Measured[] => {
    const value = numberOf(cell, rule.measure)
    return value === null ? [] : [{ factors: cell.factors, value, samples: cell.samples }]
  })
  const groups = rule.along.flatMap((factor) =>
    groupsAlong(factor, measured).map((group) => ({ factor, group: group.toSorted(byMedian) })),
  )
  if (groups.length === 0) {
    return { verdict: 'cannot tell here', reasons: ['No two cells that differ in one factor were measured.'] }
  }
  const findings = groups.map(({ group }) => findingOf(rule, group))
  const reasons = groups.map(({ factor, group }, index) =>
    explain(rule, factor, group, findings[index] as Finding, cells),
  )
  reasons.push(...remarksOnSamples(groups.flatMap(({ group }) => group)))
  const failed = cells.reduce((sum, cell) => sum + cell.failed, 0)
  if (failed > 0) reasons.push(`${failed} samples failed.`)
  return conclude(findings, reasons, { isOnEvery: true, failed })
}

/** Cells that are equal but for `factor`, where there are several. */
export function groupsAlong<Of extends Pick<JudgedCell, 'factors'>>(
  factor: FactorName,
  cells: readonly Of[],
): Of[][] {
  const groups = Map.groupBy(
    cells.filter(({ factors }) => factors[factor] !== undefined),
    ({ factors }) => identifyFactors({ ...factors, [factor]: undefined } as Factors),
  )
  return [...groups.values()].filter((group) => group.length > 1)
}

function byMedian(one: Measured, other: Measured): number {
  return one.value.median - other.value.median
}

function endsOf(group: readonly Measured[]): readonly [least: Measured, largest: Measured] {
  return [group[0] as Measured, group.at(-1) as Measured]
}

function timesOf(group: readonly Measured[]): Interval {
  const [{ value: least }, { value: largest }] = endsOf(group)
  return {
    median: largest.median / least.median,
    low: largest.low / least.high,
    high: largest.high / least.low,
  }
}

function findingOf({ times: limit }: FlatRule, group: readonly Measured[]): Finding {
  const { low, high } = timesOf(group)
  if (group.some(({ samples }) => samples < fewestRounds)) return 'unclear'
  if (high <= limit) return 'as claimed'
  return low > limit ? 'otherwise' : 'unclear'
}

function explain(
  { measure, times: limit }: FlatRule,
  factor: FactorName,
  group: readonly Measured[],
  finding: Finding,
  cells: readonly JudgedCell[],
): string {
  const { title, unit } = measureOf(measure)
  const [least, largest] = endsOf(group)
  const { median, low, high } = timesOf(group)
  const wordsOf = ({ factors }: Measured) =>
    factor === 'strategy' ? factors.strategy : describeFactors(factors, [factor])
  const end = (each: Measured) => `${formatNumber(each.value.median)} ${unit} (${wordsOf(each)})`
  const rest = nameAmong(largest.factors, cells, [factor])
  const measured = `${rest === '' ? '' : `${rest}: `}${title.toLowerCase()} from ${end(least)} to ${end(largest)}`
  const range = `${median.toFixed(2)} times (${low.toFixed(2)} … ${high.toFixed(2)})`
  const judged = {
    'as claimed': `at most ${limit} times`,
    otherwise: `more than ${limit} times`,
    unclear: `with these rounds not to be told from ${limit} times`,
  }
  return `${measured}, ${range}: ${judged[finding]}.`
}
