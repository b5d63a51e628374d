/**
 * Where along a factor one strategy stops being faster than another. Pure. Each line of cells (equal in all factors but
 * that one) is judged by its two ends, and each end by the ratio of the two strategies within rounds:
 *
 *   ratio   ahead ┌──●──┐
 *     1  ─────────┴─────┴──────┬──●──┬──────
 *          first value         └─────┘ behind    last value
 *
 * An end that was not compared makes the line unclear: its neighbour is another value, of which the claim says nothing.
 *
 * A machine that is too small can confirm the claim, but not refute it.
 */
import type { CrossoverRule } from '../../matrix/experiment.ts'
import { describeFactors, varying } from '../../matrix/factor-words.ts'
import { factorNames, identifyFactors } from '../../matrix/factors.ts'
import type { Machine } from '../../result/manifest.ts'
import { fewestRounds, rangeOver, remarksOnCoverage } from '../few-rounds.ts'
import type { Compared, JudgedCell, Judgement } from '../judgement.ts'

type Place = 'ahead' | 'unclear' | 'behind'

interface Point {
  readonly factors: JudgedCell['factors']
  /** Null if the two strategies could not be compared there. */
  readonly ratio: Compared | null
  readonly place: Place
}

/** All values that its cells have, in the order of the factor; at least two, or there is no crossover to be seen. */
type Line = readonly Point[]

/** `half`: one end is as claimed, and the other is not. */
type Finding = 'crosses' | 'half' | 'unclear' | 'otherwise'

export function judgeByCrossover(
  rule: CrossoverRule,
  cells: readonly JudgedCell[],
  machine: Machine,
  quantity: string,
): Judgement {
  const lines = linesOf(rule, cells)
  if (!lines.some((line) => ratiosOf(line).length > 1)) {
    const reason = `No two cells of "${rule.of}" could be compared with "${rule.over}" at different values of ${rule.factor}.`
    return { verdict: 'cannot tell here', reasons: [reason] }
  }
  const findings = lines.map((line) => findingOf(rule, line))
  const firsts = lines.map(([first]) => (first as Point).factors)
  const reasons = lines.map((line, index) => {
    const name = nameOf(rule, line, firsts)
    return `${name}${explain(rule, line, findings[index] as Finding, quantity)}`
  })
  reasons.push(...remarksOnCoverage(Math.min(...lines.flatMap(ratiosOf).map(({ coverage }) => coverage))))
  const has = (...wanted: Finding[]) => findings.some((finding) => wanted.includes(finding))
  if (!has('half', 'unclear', 'otherwise')) return { verdict: 'reproduced', reasons }
  if (has('crosses')) return { verdict: 'partly', reasons }
  if (has('half', 'otherwise') && machine.cores < rule.refutableFromCores) {
    reasons.push(
      `${machine.cores} cores cannot refute the claim: the strategies share them with the application and the peer, so that what one gains by working in parallel is the others’ loss.`,
    )
    return { verdict: 'cannot tell here', reasons }
  }
  if (has('half')) return { verdict: 'partly', reasons }
  return { verdict: has('unclear') ? 'cannot tell here' : 'not reproduced', reasons }
}

function linesOf({ factor, of }: CrossoverRule, cells: readonly JudgedCell[]): Line[] {
  const points = cells.flatMap(({ factors, overRival }): Point[] =>
    factors.strategy === of ? [{ factors, ratio: overRival ?? null, place: placeOf(overRival ?? null) }] : [],
  )
  const lines = Map.groupBy(points, ({ factors: { [factor]: _value, ...others } }) =>
    identifyFactors(others as JudgedCell['factors']),
  )
  return [...lines.values()]
    .map((line) => line.toSorted((one, other) => orderOf(one.factors[factor], other.factors[factor])))
    .filter((line) => line.length > 1)
}

function ratiosOf(line: Line): Compared[] {
  return line.flatMap(({ ratio }) => ratio ?? [])
}

/** Numbers ascend; other values stay in the order in which they came. */
function orderOf(one: unknown, other: unknown): number {
  return typeof one === 'number' && typeof other === 'number' ? one - other : 0
}

function placeOf(ratio: Compared | null): Place {
  if (ratio === null || ratio.rounds < fewestRounds) return 'unclear'
  const { low, high } = ratio
  if (low > 1) return 'ahead'
  return high < 1 ? 'behind' : 'unclear'
}

/** What the claim expects at the first value and at the last. */
function expectedOf({ aheadAt }: CrossoverRule): readonly [Place, Place] {
  return aheadAt === 'first' ? ['ahead', 'behind'] : ['behind', 'ahead']
}

function findingOf(rule: CrossoverRule, line: Line): Finding {
  const expected = expectedOf(rule)
  const places = [line[0]?.place, line.at(-1)?.place]
  if (places.includes('unclear')) return 'unclear'
  const asClaimed = places.filter((place, end) => place === expected[end]).length
  return asClaimed === 2 ? 'crosses' : asClaimed === 1 ? 'half' : 'otherwise'
}

function explain(rule: CrossoverRule, line: Line, finding: Finding, quantity: string): string {
  const at = ({ factors }: Point) => describeFactors(factors, [rule.factor])
  const ratios = line.flatMap((point) => {
    if (point.ratio === null) return []
    const { median, low, high, rounds } = point.ratio
    return [`${median.toFixed(2)} (${rangeOver(rounds, low.toFixed(2), high.toFixed(2))}) at ${at(point)}`]
  })
  const values = ratios.length === 0 ? 'was not measured' : `is ${ratios.join(', ')}`
  const measured = `the ${quantity} of "${rule.of}" over that of "${rule.over}" ${values}`
  if (finding === 'crosses') return `${measured}: ${whereItCrosses(rule, line, at)}.`
  const expected = expectedOf(rule)
  const wrong = [line[0] as Point, line.at(-1) as Point].flatMap((point, end) => {
    if (point.place === expected[end]) return []
    if (point.place !== 'unclear')
      return [`at ${at(point)} it is ${point.place}, by the claim ${expected[end]}`]
    if (point.ratio === null) return [`at ${at(point)} nothing was compared`]
    if (point.ratio.rounds < fewestRounds)
      return [`at ${at(point)} fewer than ${fewestRounds} rounds could be compared`]
    return [`at ${at(point)} it may be either`]
  })
  return `${measured}: ${wrong.join('; ')}.`
}

function whereItCrosses(rule: CrossoverRule, line: Line, at: (point: Point) => string): string {
  const [before, after] = expectedOf(rule)
  const last = line.findLastIndex(({ place }) => place === before)
  const next = line.findIndex(({ place }) => place === after)
  if (next < last) return 'they cross more than once'
  return `they cross between ${at(line[last] as Point)} and ${at(line[next] as Point)}`
}

/** The words that tell a line from the others, with a colon; none if it is the only one. */
function nameOf({ factor }: CrossoverRule, [first]: Line, firsts: readonly JudgedCell['factors'][]): string {
  const others = factorNames.filter((name) => name !== 'strategy').filter((name) => name !== factor)
  const words = first === undefined ? '' : describeFactors(first.factors, varying(others, firsts))
  return words === '' ? '' : `${words}: `
}
