/**
 * Whether replicas win over a lock where the model says so, by what was measured of its parts. Pure. With s of state work,
 * s_l of it under a lock and p of payload work, N threads under a lock carry min(1 / s_l, N / (p + s_l)) requests, and N
 * replicas N / (p + N s). What s and p are, the sequential cell says; what s_l is, the locked one. Where the two are within a
 * margin, the model says that neither wins, and a winner by more than that is against it.
 */
import { agreeOn, type FactorName, factorNames } from '../../matrix/factors.ts'
import type { LockModelRule } from '../../matrix/measure-rules.ts'
import { formatNumber, formatQuantity } from '../../measure/format.ts'
import { declaredMeasures, type MeasureName } from '../../measure/measures.ts'
import type { Machine } from '../../result/manifest.ts'
import type { Interval } from '../../statistics/interval.ts'
import { lockedRate, replicatedRate } from '../../statistics/model.ts'
import { nameAmong } from '../cell-name.ts'
import { conclude, type Finding } from '../conclude.ts'
import { fewestRounds, rangeOver, remarksOnSamples } from '../few-rounds.ts'
import { type JudgedCell, type Judgement, numberOf } from '../judgement.ts'

type Winner = 'replicas' | 'the lock' | 'neither'

/** Requests a second, as measured. */
interface Rate extends Interval {
  readonly samples: number
}

/** One replicated cell beside the locked one with as many threads, and the sequential one. */
interface Comparison {
  readonly name: string
  readonly threads: number
  /** The fewest sound samples of the three: s and p are from the sequential one. */
  readonly samples: number
  /** Microseconds. */
  readonly s: number
  readonly sectioned: number
  readonly p: number
  readonly replicated: Rate
  readonly locked: Rate
}

export function judgeByLockModel(
  rule: LockModelRule,
  cells: readonly JudgedCell[],
  machine: Machine,
): Judgement {
  const comparisons = cells.flatMap((cell) => compare(cell, cells))
  if (comparisons.length === 0) {
    return {
      verdict: 'cannot tell here',
      reasons: ['No replicated cell could be compared with a locked one.'],
    }
  }
  const judged = comparisons.map((comparison) => judgeOne(rule, comparison, machine))
  const failed = cells.reduce((sum, cell) => sum + cell.failed, 0)
  const won = (winner: Winner) => judged.filter((each) => each.measured === winner).length
  const reasons = [
    `Of ${judged.length} comparisons replicas won ${won('replicas')}, the lock ${won('the lock')}.`,
    ...judged.map(({ words }) => words),
    ...remarksOnSamples(comparisons),
    ...(failed === 0 ? [] : [`${failed} samples failed.`]),
  ]
  if (failed > 0) return { verdict: 'cannot tell here', reasons }
  const findings = judged.map(({ finding }) => finding)
  return conclude(findings, reasons)
}

export function isComparedByModel({ factors: { strategy, replicas = 1 } }: JudgedCell): boolean {
  return strategy === 'replicated' && replicas > 1
}

/** The locked cell and the sequential one, as far as they are there. */
export function comparedByModel(cell: JudgedCell, cells: readonly JudgedCell[]): JudgedCell[] {
  return [lockedBeside(cell, cells), sequentialBeside(cell, cells)].filter((other) => other !== undefined)
}

function lockedBeside(cell: JudgedCell, cells: readonly JudgedCell[]): JudgedCell | undefined {
  return counterpart(cell, cells, 'locked', [])
}

function sequentialBeside(cell: JudgedCell, cells: readonly JudgedCell[]): JudgedCell | undefined {
  return counterpart(cell, cells, 'sequential', ['replicas'])
}

function compare(cell: JudgedCell, cells: readonly JudgedCell[]): Comparison[] {
  const { replicas: threads = 1 } = cell.factors
  if (!isComparedByModel(cell)) return []
  const locked = lockedBeside(cell, cells)
  const sequential = sequentialBeside(cell, cells)
  const median = (of: JudgedCell | undefined, name: MeasureName) =>
    of === undefined ? undefined : numberOf(of, name)?.median
  const s = median(sequential, 'stateMicros')
  const p = median(sequential, 'payloadMicros')
  const sectioned = median(locked, 'sectionMicros')
  const [ofReplicas, ofLock] = [rateOf(cell), rateOf(locked)]
  if (s === undefined || p === undefined || sectioned === undefined || !ofReplicas || !ofLock) return []
  const name = nameAmong(cell.factors, cells, ['strategy'])
  const samples = Math.min(ofReplicas.samples, ofLock.samples, sequential?.samples ?? 0)
  return [{ name, threads, samples, s, p, sectioned, replicated: ofReplicas, locked: ofLock }]
}

function rateOf(cell: JudgedCell | undefined): Rate | null {
  const interval = cell === undefined ? null : numberOf(cell, 'requestsPerSecond')
  return cell === undefined || interval === null ? null : { ...interval, samples: cell.samples }
}

/** The cell of another strategy that is equal in all factors but these. */
function counterpart(
  { factors }: JudgedCell,
  cells: readonly JudgedCell[],
  strategy: 'locked' | 'sequential',
  without: readonly FactorName[],
): JudgedCell | undefined {
  const same = factorNames.filter((name) => name !== 'strategy' && !without.includes(name))
  return cells.find(
    (other) =>
      other.factors.strategy === strategy && same.every((name) => agreeOn(name, factors, other.factors)),
  )
}

function judgeOne({ margin }: LockModelRule, comparison: Comparison, { cores }: Machine) {
  const { name, threads, samples, s, p, sectioned, replicated, locked } = comparison
  const byModel = {
    replicated: replicatedRate(threads, s, p),
    locked: lockedRate(threads, sectioned, p),
  }
  const said = winnerOf(exactly(byModel.replicated), exactly(byModel.locked), 1 + margin)
  const measured = winnerOf(replicated, locked, 1)
  const isKnown = samples >= fewestRounds && cores >= threads
  const finding = !isKnown
    ? 'unclear'
    : said === 'neither'
      ? findingOfNeither(comparison, 1 + margin)
      : findingOfWinner(said, measured)
  const parts = `s ${formatNumber(s)} µs, s_l ${formatNumber(sectioned)} µs, p ${formatNumber(p)} µs`
  const model = `the model says ${rate(byModel.locked)} under the lock and ${rate(byModel.replicated)} by replicas`
  const seen = `measured ${withRange(locked)} and ${withRange(replicated)}`
  const words = `${name}: ${parts}: ${model}; ${seen}: ${conclusion(finding, measured, said, comparison, cores)}.`
  return { finding, measured: isKnown ? measured : 'neither', words }
}

function findingOfWinner(said: Winner, measured: Winner): Finding {
  if (measured === 'neither') return 'unclear'
  return measured === said ? 'as claimed' : 'otherwise'
}

/** Whether both intervals lie within the margin of each other: all of one may be ahead by so many times at most. */
function findingOfNeither({ replicated, locked }: Comparison, times: number): Finding {
  if (winnerOf(replicated, locked, times) !== 'neither') return 'otherwise'
  const isWithin = replicated.high <= times * locked.low && locked.high <= times * replicated.low
  return isWithin ? 'as claimed' : 'unclear'
}

/** Whose whole interval is beyond the other's, by more than so many times. */
function winnerOf(replicated: Interval, locked: Interval, times: number): Winner {
  if (replicated.low > times * locked.high) return 'replicas'
  return locked.low > times * replicated.high ? 'the lock' : 'neither'
}

function exactly(value: number): Interval {
  return { median: value, low: value, high: value }
}

function conclusion(
  finding: Finding,
  measured: Winner,
  said: Winner,
  { samples, threads }: Comparison,
  cores: number,
): string {
  if (cores < threads) return `${cores} cores cannot tell for ${threads} threads`
  if (samples < fewestRounds) return `fewer than ${fewestRounds} rounds could be compared`
  const wins = measured === 'replicas' ? 'replicas win' : 'the lock wins'
  if (said === 'neither') {
    if (finding === 'unclear') return 'one may be ahead by more than the model allows'
    if (finding === 'otherwise') return `${wins}, by more than the model allows`
    return measured === 'neither'
      ? 'neither wins, as the model says'
      : `${wins}, by less than the model can tell`
  }
  if (measured === 'neither') return 'too close to be told apart'
  return finding === 'as claimed' ? `${wins}, as the model says` : `${wins}, against the model`
}

function rate(perMicro: number): string {
  return formatQuantity(declaredMeasures.requestsPerSecond, 1e6 * perMicro)
}

function withRange({ median, low, high, samples }: Rate): string {
  const quantity = (value: number) => formatQuantity(declaredMeasures.requestsPerSecond, value)
  return `${quantity(median)} (${rangeOver(samples, quantity(low), quantity(high))})`
}
