/**
 * The number that an experiment's verdict rests on, short enough for a table of all claims. Pure. Where a rule judges several
 * cells the value is from the least median to the largest, and the range from the lowest end of their intervals to the
 * highest.
 */
import type { Experiment } from '../../harness/matrix/experiment.ts'
import { isStack } from '../../harness/matrix/peer.ts'
import { isInRangeClaim } from '../../harness/matrix/range-rule.ts'
import { formatCount, formatNumber } from '../../harness/measure/format.ts'
import { measureOf } from '../../harness/measure/measures.ts'
import type { CellSummary, ExperimentSummary } from '../../harness/result/summary.ts'
import type { Interval } from '../../harness/statistics/interval.ts'
import { median } from '../../harness/statistics/median.ts'
import { predictedSpeedup } from '../../harness/statistics/model.ts'
import { numberOf } from '../../harness/verdict/judgement.ts'
import { groupsAlong } from '../../harness/verdict/rules/flat.ts'
import { repeatedShare, singleOf } from '../../harness/verdict/rules/replicated-work.ts'
import { hasTrend } from '../../harness/verdict/rules/trend.ts'
import { between, type Format, formatGain, formatShare } from '../format.ts'
import type { Claim } from './claims.ts'

export interface KeyFigure {
  readonly what: string
  readonly value: string
  /** The interval, without brackets; empty if there is none. */
  readonly range: string
}

/** Null if nothing was measured that the verdict could rest on. */
export function keyFigureOf({ verdict: rule }: Experiment, summary: ExperimentSummary): KeyFigure | null {
  const { cells } = summary
  switch (rule.kind) {
    case 'speedup-range':
      return spread('gain', cells.flatMap(replicatedGain), formatGain)
    case 'model':
      return deviations(cells.flatMap(deviationFromModel))
    case 'replicated-work':
      return deviations(cells.flatMap((cell) => deviationFromWork(cell, cells)))
    case 'survival':
      return spread(
        'stands still for',
        cells.flatMap(({ gapMillis }) => gapMillis ?? []),
        (value) => `${formatNumber(value)} ms`,
      )
    case 'cost':
      return spread(
        `${rule.factor} ${rule.of} costs`,
        cells.flatMap(({ cost }) => cost ?? []),
        formatShare,
      )
    case 'contrast':
      return spread(
        `${rule.of} over ${rule.over}`,
        cells.flatMap(({ contrast }) => contrast ?? []),
        times,
      )
    case 'crossover': {
      const line = cells.filter(
        ({ factors, overRival }) => factors.strategy === rule.of && overRival !== null,
      )
      const byFactor = line.toSorted(
        (a, b) => Number(a.factors[rule.factor]) - Number(b.factors[rule.factor]),
      )
      return fromTo(
        `over ${rule.over} along ${inWords(rule.factor)}`,
        byFactor.flatMap(({ overRival }) => overRival ?? []),
      )
    }
    case 'trend': {
      const ends = [rule.along[0], rule.along.at(-1)]
      const best = ends.flatMap((end) => {
        const there = cells.filter((cell) => hasTrend(cell) && cell.factors[rule.factor] === end)
        return largest(there.flatMap(({ speedupOverSequential }) => speedupOverSequential ?? []))
      })
      return best.length < 2 ? null : fromTo(`speed-up along ${inWords(rule.factor)}`, best)
    }
    case 'prediction': {
      const errors = summary.predictions?.errors ?? null
      return errors === null
        ? null
        : {
            what: 'median error',
            value: formatShare(errors.median),
            range: `largest ${formatShare(errors.largest)}`,
          }
    }
    case 'at-most':
    case 'measure-range': {
      const { title, unit } = measureOf(rule.measure)
      const claimed = cells.filter((cell) => rule.kind === 'at-most' || isInRangeClaim(rule, cell))
      const numbers = claimed.flatMap((cell) => numberOf(cell, rule.measure) ?? [])
      return spread(`${title.toLowerCase()}${unit === '' ? '' : `, ${unit}`}`, numbers, inFull)
    }
    case 'flat': {
      const groups = rule.along.flatMap((factor) => groupsAlong(factor, cells))
      const ratios = groups.flatMap((group) => {
        const values = group.flatMap((cell) => numberOf(cell, rule.measure)?.median ?? [])
        return values.length < 2 ? [] : [Math.max(...values) / Math.min(...values)]
      })
      const points = ratios.map((ratio) => ({ median: ratio, low: ratio, high: ratio }))
      return spread('largest over least', points, times)
    }
    case 'lock-model':
      return comparedWithLock(cells)
  }
}

/** Of several experiments that are judged by their gains, as of one. */
export function gainOver(
  summaries: readonly ExperimentSummary[],
  { peers }: Pick<Claim, 'peers'>,
): KeyFigure | null {
  const cells = summaries
    .flatMap((summary) => summary.cells)
    .filter(({ factors }) => peers === undefined || !isStack(factors.peer))
  return spread('gain', cells.flatMap(replicatedGain), formatGain)
}

/** A count is what it is. */
const inFull: Format = (value) => (Number.isInteger(value) ? formatCount(value) : formatNumber(value))

const times: Format = (value) => `${value.toFixed(2)}\u00a0×`

/** `payloadWork` → `payload work` */
function inWords(factor: string): string {
  return factor.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

function spread(what: string, intervals: readonly Interval[], format: Format): KeyFigure | null {
  if (intervals.length === 0) return null
  const medians = intervals.map((each) => each.median)
  const low = Math.min(...intervals.map((each) => each.low))
  const high = Math.max(...intervals.map((each) => each.high))
  const value = between(Math.min(...medians), Math.max(...medians), format)
  const range = between(low, high, format)
  return { what, value, range: range === value ? '' : range }
}

/** `1.14 → 0.92`, and the same of their intervals. */
function fromTo(what: string, intervals: readonly Interval[]): KeyFigure | null {
  const [first, last] = [intervals[0], intervals.at(-1)]
  if (first === undefined || last === undefined || first === last) return null
  return {
    what,
    value: `${first.median.toFixed(2)} → ${last.median.toFixed(2)}`,
    range: `${first.low.toFixed(2)} … ${first.high.toFixed(2)} → ${last.low.toFixed(2)} … ${last.high.toFixed(2)}`,
  }
}

function largest(intervals: readonly Interval[]): Interval[] {
  return intervals.toSorted((a, b) => b.median - a.median).slice(0, 1)
}

function replicatedGain({ factors, speedupOverSequential }: CellSummary): Interval[] {
  const { strategy, replicas = 1 } = factors
  return strategy === 'replicated' && replicas > 1 && speedupOverSequential !== null
    ? [speedupOverSequential]
    : []
}

function deviationFromModel({ factors, speedupOverSequential }: CellSummary): number[] {
  const { workRatio, replicas } = factors
  if (workRatio === undefined || replicas === undefined || speedupOverSequential === null) return []
  return [speedupOverSequential.median / predictedSpeedup(replicas, workRatio) - 1]
}

function deviationFromWork(cell: CellSummary, cells: readonly CellSummary[]): number[] {
  const { replicas = 1 } = cell.factors
  const one = singleOf(cell, cells)?.work
  if (replicas < 2 || !one || one.busy === 0 || cell.work === null || cell.speedupOverSingle === null)
    return []
  const predicted = predictedSpeedup(replicas, repeatedShare(one, cell.work, replicas))
  return [cell.speedupOverSingle.median / predicted - 1]
}

/** The median of the sizes, and the least and the largest with their signs. */
function deviations(all: readonly number[]): KeyFigure | null {
  const middle = median(all.map(Math.abs))
  if (middle === null) return null
  return {
    what: 'off the model by',
    value: formatShare(middle),
    range: between(1 + Math.min(...all), 1 + Math.max(...all), formatGain),
  }
}

/** Replicated over locked, by their medians. */
function comparedWithLock(cells: readonly CellSummary[]): KeyFigure | null {
  const rate = (cell: CellSummary | undefined) =>
    cell === undefined ? undefined : numberOf(cell, 'requestsPerSecond')
  const ratios = cells.flatMap((cell) => {
    const { strategy, replicas = 1, workRatio, stateLines } = cell.factors
    if (strategy !== 'replicated' || replicas < 2) return []
    const locked = cells.find(
      ({ factors }) =>
        factors.strategy === 'locked' &&
        factors.replicas === replicas &&
        factors.workRatio === workRatio &&
        factors.stateLines === stateLines,
    )
    const [own, other] = [rate(cell), rate(locked)]
    if (!own || !other) return []
    return [{ median: own.median / other.median, low: own.low / other.high, high: own.high / other.low }]
  })
  return spread('over the lock', ratios, times)
}
