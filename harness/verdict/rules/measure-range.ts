/**
 * Whether a measure lies in a range in every cell that the claim is about. Pure. The others are told beside them, and so is the
 * kernel's own stack: a range that Linux leaves too says more of the range than of us.
 */
import { isInRangeClaim, type MeasureRangeRule } from '../../matrix/range-rule.ts'
import { formatNumber } from '../../measure/format.ts'
import { measureOf } from '../../measure/measures.ts'
import type { Interval } from '../../statistics/interval.ts'
import { nameAmong } from '../cell-name.ts'
import { conclude, type Finding } from '../conclude.ts'
import { fewestRounds, rangeOver, remarksOnSamples } from '../few-rounds.ts'
import type { JudgedCell, Judgement } from '../judgement.ts'

export function judgeByMeasureRange(rule: MeasureRangeRule, cells: readonly JudgedCell[]): Judgement {
  const told = cells.map((cell) => tell(rule, cell, cells))
  const findings = told.flatMap(({ finding }) => finding ?? [])
  const reasons = told.map(({ words }) => words)
  if (findings.length === 0)
    return { verdict: 'cannot tell here', reasons: ['No cell that the claim is about was measured.'] }
  const isMeasured = ({ measures }: JudgedCell) => (measures?.[rule.measure] ?? null) !== null
  reasons.push(...remarksOnSamples(cells.filter((cell) => isInRangeClaim(rule, cell) && isMeasured(cell))))
  return conclude(findings, reasons, { isOnEvery: true })
}

/** A cell that is not judged has no finding. */
function tell(
  rule: MeasureRangeRule,
  cell: JudgedCell,
  cells: readonly JudgedCell[],
): { readonly finding: Finding | null; readonly words: string } {
  const name = nameAmong(cell.factors, cells, ['topology'])
  const isReference = !isInRangeClaim(rule, cell)
  const interval = cell.measures?.[rule.measure] ?? null
  const title = measureOf(rule.measure).title.toLowerCase()
  if (interval === null)
    return { finding: isReference ? null : 'unclear', words: `${name}: ${title} was not measured.` }
  const { median, low, high } = interval
  const value = `${formatNumber(median)} (${rangeOver(cell.samples, formatNumber(low), formatNumber(high))})`
  if (isReference) return { finding: null, words: `${name}, for reference: ${title} ${value}.` }
  const finding = findingOf(rule, interval, cell.samples)
  return { finding, words: `${name}: ${title} ${value}, ${describe(rule, cell, finding)}.` }
}

function findingOf(rule: MeasureRangeRule, { low, high }: Interval, rounds: number): Finding {
  if (rounds < fewestRounds) return 'unclear'
  if (low >= rule.low && high <= rule.high) return 'as claimed'
  return high < rule.low || low > rule.high ? 'otherwise' : 'unclear'
}

function describe(rule: MeasureRangeRule, { samples }: JudgedCell, finding: Finding): string {
  const range = `${formatNumber(rule.low)} … ${formatNumber(rule.high)}`
  if (finding === 'as claimed') return `within ${range}`
  if (finding === 'otherwise') return `outside ${range}`
  return samples < fewestRounds
    ? `in fewer than ${fewestRounds} rounds`
    : `not in all its interval within ${range}`
}
