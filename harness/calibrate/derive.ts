/**
 * From repetitions to costs: every number is worked out once for each repetition, then the median over all of them is
 * taken. Pure.
 */

import type { QuantityName } from '../../stack/sim/index.ts'
import { median, medianInterval } from '../statistics/median.ts'
import type { CostsFile, FurtherName, Quantity } from './costs-file.ts'
import { type ContextName, contexts, type Meter, type ProbeName, type Repetition } from './samples.ts'

const segmentBytes = 1448
const payloadSizes = [64, 256, 512, 1024, 1448] as const
const quantileCount = 20

export type DerivedCosts = Pick<CostsFile, 'quantities' | 'further' | 'payload' | 'stalls' | 'scatter'>

/** Throws RangeError for no repetitions. */
export function deriveCosts(repetitions: readonly Repetition[]): DerivedCosts {
  const views = viewsOf(repetitions)
  const over = (of: (view: View) => number): Quantity => quantity(views.map(of))
  const piece = (kind: PayloadKind) => ({
    fixedNanos: over((view) => view.payload(kind).fixed),
    byteNanos: over((view) => view.payload(kind).byte),
    contentionTimes: atLeast(
      1,
      over((view) => view.slowdown(kind)),
    ),
  })
  const gaps = views.flatMap((view) => view.gapMicros())
  return {
    quantities: noFactorBelowOne(mapValues(formulas, over)),
    further: mapValues(furtherFormulas, over),
    payload: { copy: piece('copy'), checksum: piece('checksum'), cipher: piece('cipher') },
    stalls: { perSecond: over((view) => view.gapsPerSecond()), lengthMicros: quantiles(gaps) },
    scatter: middleScatter(
      repetitions.map((each) => each.contexts.checksum.metered.meters[0]?.scatter ?? [1]),
    ),
  }
}

type PayloadKind = 'copy' | 'checksum' | 'cipher'

const formulas: Readonly<Record<QuantityName, (view: View) => number>> = {
  applyAckNanos: (view) =>
    view.mean('checksum', 'applyAck') - view.number('checksum', 'segmentsAck') * view.segmentApply(),
  applySegmentNanos: (view) => view.segmentApply(),
  applyDataNanos: (view) => view.mean('receive', 'applyData'),
  applyCallNanos: (view) =>
    view.mean('checksum', 'applyCall') - view.number('checksum', 'segmentsCall') * view.segmentApply(),
  applyTickNanos: (view) =>
    view.mean('locked', 'applyTick') - view.number('locked', 'segmentsTick') * view.segmentApply(),
  checkNanos: (view) => view.mean('checksum', 'check'),
  checkByteNanos: (view) => (view.mean('receive', 'check') - view.mean('checksum', 'check')) / segmentBytes,
  segmentNanos: (view) => view.headers(),
  upcallNanos: (view) => view.probe('wake-wait', 'waking'),
  writeNanos: (view) => view.mean('checksum', 'write'),
  writeBareNanos: (view) => view.mean('receive', 'writeBare') || view.mean('checksum', 'writeBare'),
  readNanos: (view) => view.mean('checksum', 'read'),
  readEmptyNanos: (view) => view.mean('checksum', 'readEmpty') || view.mean('receive', 'readEmpty'),
  pollNanos: (view) => view.timer('checksum'),
  loopNanos: (view) => view.unnamedPerStep('checksum', 0),
  loopReplicatedNanos: (view) => view.unnamedPerStep('two', view.channelPerRequest()),
  loopLockedNanos: (view) => view.unnamedPerStep('locked', view.probe('lock-alone', 'nanos')),
  publishNanos: (view) => view.probe('channel', 'publish'),
  publishSharedNanos: (view) => view.probe('channel', 'publishShared'),
  dequeueNanos: (view) => view.probe('channel', 'dequeue'),
  dequeueSharedNanos: (view) => view.probe('channel', 'dequeueShared', 1),
  claimWonNanos: (view) => (view.probe('claims', 'won') + view.probe('claims', 'won', 1)) / 2,
  claimLostNanos: (view) => (view.probe('claims', 'lost') + view.probe('claims', 'lost', 1)) / 2,
  idleNanos: (view) => 2 * view.timer('checksum'),
  lockNanos: (view) => view.probe('lock-alone', 'nanos'),
  lockHandOverNanos: (view) => view.lockContended() / 2 - view.probe('lock-alone', 'nanos'),
  wakeNanos: (view) => view.probe('wake-wait', 'woken', 1),
  notifyNanos: (view) => view.probe('wake-wait', 'waking'),
  applicationByteNanos: (view) => view.perByte('checksum', 'application'),
  sinkByteNanos: (view) => view.perByte('checksum', 'peer'),
  sinkLongByteNanos: (view) => view.perByte('cipher', 'peer'),
  contentionSegmentTimes: (view) =>
    (view.segment('two') - view.hot('checksum', segmentBytes) * view.slowdown('checksum')) / view.headers(),
  contentionWriteTimes: (view) => view.mean('two', 'write') / view.mean('checksum', 'write'),
  contentionStateTimes: (view) => view.mean('two', 'applyAck') / view.mean('checksum', 'applyAck'),
}

const furtherFormulas: Readonly<Record<FurtherName, (view: View) => number>> = {
  lineNanos: (view) => view.probe('lines', 'line', 1),
  wakePollNanos: (view) => view.probe('wake-poll', 'woken', 1),
  lockContendedNanos: (view) => view.lockContended(),
  copySegmentNanos: (view) => view.hot('copy', segmentBytes),
  checksumSegmentNanos: (view) => view.hot('checksum', segmentBytes),
  cipherSegmentNanos: (view) => view.hot('cipher', segmentBytes),
  replicatedSegmentNanos: (view) => view.workPerByte('two') * segmentBytes,
  sequentialSegmentNanos: (view) => view.workPerByte('checksum') * segmentBytes,
}

/** One repetition, asked by name. Means are over all threads of the stack. */
class View {
  readonly #repetition: Repetition
  /**
   * By context: processor time of the same work without meters, over that with meters, 0 … 1. Meters slow down the work
   * around them, because reading the clock fills caches and hinders the compiler. The median of all repetitions, since
   * the machine may have been busier during one of a repetition's two transfers.
   */
  readonly #undisturbed: Readonly<Record<ContextName, number>>

  constructor(repetition: Repetition, undisturbed: Readonly<Record<ContextName, number>>) {
    this.#repetition = repetition
    this.#undisturbed = undisturbed
  }

  /** Mean duration of an operation in nanoseconds, as without meters; 0 if the operation did not happen. */
  mean(context: ContextName, name: string): number {
    return meanOf(this.#meters(context), name) * this.#undisturbed[context]
  }

  /** Mean of a metered number that is not a duration. */
  number(context: ContextName, name: string): number {
    return meanOf(this.#meters(context), name)
  }

  timer(context: ContextName): number {
    return this.#repetition.contexts[context].metered.timerNanos
  }

  probe(name: ProbeName, field: string, thread = 0): number {
    return this.#repetition.probes[name].threads[thread]?.[field] ?? 0
  }

  /** Nanoseconds that applying takes for each emitted segment, from resumed applies, which do little else. */
  segmentApply(): number {
    const segments = this.number('checksum', 'segmentsResume')
    return segments === 0 ? 0 : this.mean('checksum', 'resume') / segments
  }

  /** Performing a segment, without its write and without the two readings of the clock around the write. */
  segment(context: ContextName): number {
    const meters = this.#meters(context)
    const [full, bare] = [countOf(meters, 'write'), countOf(meters, 'writeBare')]
    const write =
      (full * this.mean(context, 'write') + bare * this.mean(context, 'writeBare')) / (full + bare)
    return this.mean(context, 'performSegment') - write - 2 * this.timer(context) * this.#undisturbed[context]
  }

  /** Performing a segment, without its write and without its payload work. */
  headers(): number {
    return this.segment('checksum') - this.hot('checksum', segmentBytes)
  }

  /** Nanoseconds of payload work for one piece, measured alone in a loop. */
  hot(kind: PayloadKind, bytes: number): number {
    return this.probe(`payload-${kind}`, `bytes${bytes}`)
  }

  /** Fixed cost and cost per byte, by least squares; the cipher's cost per byte is taken from a transfer instead. */
  payload(kind: PayloadKind): { fixed: number; byte: number } {
    const { fixed, byte } = line(payloadSizes.map((bytes) => [bytes, this.hot(kind, bytes)]))
    if (kind !== 'cipher') return { fixed, byte }
    return { fixed, byte: (this.segment('cipher') - this.headers() - fixed) / segmentBytes }
  }

  /** How many times longer payload work takes while another processor does the same. */
  slowdown(kind: PayloadKind): number {
    const together =
      (this.probe(`together-${kind}`, 'nanos') + this.probe(`together-${kind}`, 'nanos', 1)) / 2
    return together / this.hot(kind, segmentBytes)
  }

  lockContended(): number {
    return (this.probe('lock-contended', 'nanos') + this.probe('lock-contended', 'nanos', 1)) / 2
  }

  perByte(context: ContextName, thread: 'application' | 'peer'): number {
    const { plain } = this.#repetition.contexts[context]
    return (plain[thread].ranMicros * 1000) / plain.bytes
  }

  /** Processor time that the stack's threads worked without meters, in nanoseconds a byte. */
  workPerByte(context: ContextName): number {
    const { plain } = this.#repetition.contexts[context]
    return workNanos(plain, 0) / plain.bytes
  }

  /**
   * Nanoseconds that threads work beyond the operations that have a meter and beyond `ofRequest` for each request,
   * divided by the number of requests and emitted segments together. Requests alone would not do: one strategy may have
   * twenty times as many requests as another for the same number of segments.
   */
  unnamedPerStep(context: ContextName, ofRequest: number): number {
    const { metered } = this.#repetition.contexts[context]
    const { meters, timerNanos } = metered
    const parts = outermost.reduce((sum, name) => sum + countOf(meters, name) * meanOf(meters, name), 0)
    const withinSegments = 2 * timerNanos * writesIn(meters)
    const unnamed = workNanos(metered, this.stalledShare()) - (parts - withinSegments)
    const rest = unnamed * this.#undisturbed[context] - ofRequest * requestsIn(meters)
    return rest / (requestsIn(meters) + emittedIn(meters))
  }

  /** Nanoseconds a request for each of two replicas: each publishes half, dequeues all, and claims every action. */
  channelPerRequest(): number {
    const meters = this.#meters('two')
    const actions = performed.reduce((sum, name) => sum + countOf(meters, name), 0)
    const claim = (this.probe('claims', 'won') + this.probe('claims', 'lost')) / 2
    const publish = this.probe('channel', 'publishShared') / 2
    return publish + this.probe('channel', 'dequeueShared', 1) + (claim * 2 * actions) / requestsIn(meters)
  }

  gapMicros(): number[] {
    const { threads } = this.#repetition.probes.stalls
    return threads.flatMap((thread) =>
      Object.entries(thread).flatMap(([name, value]) => (name.startsWith('gap') ? [value] : [])),
    )
  }

  gapsPerSecond(): number {
    const { threads } = this.#repetition.probes.stalls
    const millis = threads.reduce((sum, thread) => sum + (thread.millis ?? 0), 0)
    return (this.gapMicros().length * 1000) / millis
  }

  /** Share of a thread's processor time, as the scheduler counts it, that interruptions take, 0 … 1. */
  stalledShare(): number {
    const { threads } = this.#repetition.probes.stalls
    const sum = (name: string) => threads.reduce((total, thread) => total + (thread[name] ?? 0), 0)
    const gapMillis = this.gapMicros().reduce((total, micros) => total + micros / 1000, 0)
    const takenMillis = sum('millis') - sum('ranMillis')
    return Math.max(0, gapMillis - takenMillis) / sum('ranMillis')
  }

  #meters(context: ContextName): readonly Meter[] {
    return this.#repetition.contexts[context].metered.meters
  }
}

function viewsOf(repetitions: readonly Repetition[]): View[] {
  const ratios = contexts.map((context) => {
    const found = repetitions.map(({ contexts: samples }) => {
      const { plain, metered } = samples[context]
      return (workNanos(plain, 0) / plain.bytes) * (metered.bytes / workNanos(metered, 0))
    })
    return [context, Math.min(1, median(found) ?? 1)]
  })
  const undisturbed = Object.fromEntries(ratios) as Record<ContextName, number>
  return repetitions.map((each) => new View(each, undisturbed))
}

type Transfer = Repetition['contexts'][ContextName]['metered']

/** Processor time of the stack's threads. */
function ranNanos({ stack }: Transfer): number {
  return stack.reduce((sum, each) => sum + each.ranMicros, 0) * 1000
}

/** Processor time of the stack's threads in rounds with work, without interruptions and readings of the clock. */
function workNanos(transfer: Transfer, stalledShare: number): number {
  const { meters, timerNanos } = transfer
  const rounds = countOf(meters, 'round')
  const inRounds = rounds * meanOf(meters, 'round')
  const inIdle = countOf(meters, 'idleRound') * meanOf(meters, 'idleRound')
  const operations = outermost.reduce((sum, name) => sum + countOf(meters, name), 0) + writesIn(meters)
  const share = inRounds === 0 ? 1 : inRounds / (inRounds + inIdle)
  return ranNanos(transfer) * share * (1 - stalledShare) - 2 * timerNanos * (operations + rounds)
}

const performed = ['performSegment', 'performDeliver', 'performUpcall'] as const

/** Operations that are not part of another one. */
const outermost = [
  ...performed,
  'check',
  'applyAck',
  'applyData',
  'applyCall',
  'applyTick',
  'resume',
  'read',
  'readEmpty',
]

function requestsIn(meters: readonly Meter[]): number {
  const kinds = ['applyAck', 'applyCall', 'applyData', 'applyTick']
  return kinds.reduce((sum, name) => sum + countOf(meters, name), 0)
}

/** Segments that requests emitted, by every thread that applied them. */
function emittedIn(meters: readonly Meter[]): number {
  const names = ['segmentsAck', 'segmentsCall', 'segmentsTick', 'segmentsResume']
  return names.reduce((sum, name) => sum + countOf(meters, name) * meanOf(meters, name), 0)
}

function writesIn(meters: readonly Meter[]): number {
  return countOf(meters, 'write') + countOf(meters, 'writeBare')
}

function countOf(meters: readonly Meter[], name: string): number {
  return meters.reduce((sum, meter) => sum + (meter.count[name] ?? 0), 0)
}

function meanOf(meters: readonly Meter[], name: string): number {
  const count = countOf(meters, name)
  if (count === 0) return 0
  return (
    meters.reduce((sum, meter) => sum + (meter.count[name] ?? 0) * (meter.meanNanos[name] ?? 0), 0) / count
  )
}

function quantity(values: readonly number[]): Quantity {
  const interval = medianInterval(values.map((value) => (Number.isFinite(value) ? Math.max(0, value) : 0)))
  if (interval === null) throw new RangeError('no repetitions')
  return { value: interval.median, low: interval.low, high: interval.high }
}

/** A contention factor below 1 is noise. Raised to 1 after the median is taken: before, it could bias the median. */
function noFactorBelowOne(quantities: Record<QuantityName, Quantity>): Record<QuantityName, Quantity> {
  const entries = Object.entries(quantities).map(([name, value]) => [
    name,
    name.endsWith('Times') ? atLeast(1, value) : value,
  ])
  return Object.fromEntries(entries) as Record<QuantityName, Quantity>
}

function atLeast(least: number, { value, low, high }: Quantity): Quantity {
  return { value: Math.max(least, value), low: Math.max(least, low), high: Math.max(least, high) }
}

/** Least squares through points of (bytes, nanoseconds). */
function line(points: readonly (readonly [number, number])[]): { fixed: number; byte: number } {
  const count = points.length
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / count
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / count
  const covariance = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0)
  const variance = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
  const byte = Math.max(0, covariance / variance)
  return { fixed: Math.max(0, meanY - byte * meanX), byte }
}

function quantiles(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b)
  if (sorted.length === 0) return []
  return Array.from(
    { length: quantileCount },
    (_, k) => sorted[Math.floor(((k + 0.5) / quantileCount) * sorted.length)] as number,
  )
}

/** For each quantile the median over the repetitions; the result is scaled to a mean of 1. */
function middleScatter(shapes: readonly (readonly number[])[]): number[] {
  const length = Math.min(...shapes.map((shape) => shape.length))
  const middles = Array.from(
    { length },
    (_, k) => medianInterval(shapes.map((shape) => shape[k] as number))?.median ?? 1,
  )
  const mean = middles.reduce((sum, each) => sum + each, 0) / length
  return middles.map((each) => each / mean)
}

function mapValues<Name extends string>(
  record: Readonly<Record<Name, (view: View) => number>>,
  over: (of: (view: View) => number) => Quantity,
): Record<Name, Quantity> {
  const entries = Object.entries(record) as [Name, (view: View) => number][]
  return Object.fromEntries(entries.map(([name, of]) => [name, over(of)])) as Record<Name, Quantity>
}
