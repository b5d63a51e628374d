/**
 * Whether the speed-up over the sequential stack grows, or falls, along a factor. The intervals at the first and the last
 * value decide: they have to lie apart. Pure.
 */
import type { TrendRule } from '../../matrix/experiment.ts'
import { type DescribedFactor, describeFactors, varying } from '../../matrix/factor-words.ts'
import { factorNames, identifyFactors } from '../../matrix/factors.ts'
import type { Machine } from '../../result/manifest.ts'
import type { Interval } from '../../statistics/interval.ts'
import { conclude, type Finding } from '../conclude.ts'
import { fewestRounds, rangeOver, remarksOnCoverage } from '../few-rounds.ts'
import type { JudgedCell, Judgement } from '../judgement.ts'

interface Point {
  readonly cell: JudgedCell
  readonly speedup: Interval
}

/** Cells that differ in the factor alone, in its order. */
type Line = readonly Point[]

export function judgeByTrend(rule: TrendRule, cells: readonly JudgedCell[], machine: Machine): Judgement {
  const lines = linesOf(rule, cells)
  if (lines.length === 0) {
    const reason = `No cells with a speed-up at both ${rule.factor} ${rule.along[0]} and ${rule.along.at(-1)} were measured.`
    return { verdict: 'cannot tell here', reasons: [reason] }
  }
  const findings = lines.map((line) => findingOf(rule, line))
  const reasons = lines.map((line, index) => explain(rule, line, lines, findings[index] as Finding))
  const points = lines.flat()
  reasons.push(...remarksOnCoverage(Math.min(...points.map(({ cell }) => cell.speedupCoverage))))
  const cannotRefute =
    machine.cores >= rule.refutableFromCores
      ? undefined
      : `${machine.cores} cores cannot refute the claim: the stack shares them with its peer.`
  return conclude(findings, reasons, { cannotRefute })
}

/** One thread gains nothing over one thread: the sequential stack and a single replica have no trend. */
export function hasTrend({ factors: { strategy, replicas } }: Pick<JudgedCell, 'factors'>): boolean {
  return strategy !== 'sequential' && replicas !== 1
}

function linesOf({ factor, along }: TrendRule, cells: readonly JudgedCell[]): Line[] {
  const parallel = cells.filter(hasTrend)
  const groups = Map.groupBy(parallel, ({ factors }) => identifyFactors({ ...factors, [factor]: undefined }))
  const lines = [...groups.values()].map((group) =>
    along.flatMap((value) => {
      const cell = group.find(({ factors }) => factors[factor] === value)
      const speedup = cell?.speedupOverSequential ?? null
      return cell === undefined || speedup === null ? [] : [{ cell, speedup }]
    }),
  )
  const ends = (line: Line) => [line[0], line.at(-1)].map((point) => point?.cell.factors[factor])
  return lines.filter((line) => {
    const [first, last] = ends(line)
    return first === along[0] && last === along.at(-1)
  })
}

function findingOf({ speedup: claimed }: TrendRule, line: Line): Finding {
  const [first, last] = [line[0] as Point, line.at(-1) as Point]
  if (Math.min(first.cell.roundsCompared, last.cell.roundsCompared) < fewestRounds) return 'unclear'
  const [lower, higher] = claimed === 'rises' ? [first, last] : [last, first]
  if (higher.speedup.low > lower.speedup.high) return 'as claimed'
  return higher.speedup.high < lower.speedup.low ? 'otherwise' : 'unclear'
}

const words: Readonly<Record<Finding, (claimed: string) => string>> = {
  'as claimed': (claimed) => `it ${claimed}, as claimed`,
  unclear: () => 'the intervals at both ends overlap, or rest on too few rounds',
  otherwise: (claimed) => `it is claimed that it ${claimed}`,
}

/** `N=2, checksum: the speed-up is 1.02 at 536 B (0.98 … 1.05), 1.31 at 8960 B (1.27 … 1.33): it rises, as claimed.` */
function explain(rule: TrendRule, line: Line, lines: readonly Line[], finding: Finding): string {
  const { factor, speedup: claimed } = rule
  const all = lines.flat().map(({ cell }) => cell.factors)
  const others = factorNames.filter(
    (name): name is DescribedFactor => ![factor, 'strategy', 'replicas'].includes(name),
  )
  const { factors } = (line[0] as Point).cell
  const name = [factors.strategy, describeFactors(factors, ['replicas', ...varying(others, all)])].join(' ')
  const points = line.map(({ cell, speedup: { median, low, high } }) => {
    const range = rangeOver(cell.roundsCompared, low.toFixed(2), high.toFixed(2))
    return `${median.toFixed(2)} at ${describeFactors(cell.factors, [factor])} (${range})`
  })
  return `${name}: the speed-up is ${points.join(', ')}: ${words[finding](claimed)}.`
}
