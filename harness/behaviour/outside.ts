/** The outside view of an exchange: what the captures of a stack's threads tell of its largest connection. */
import {
  type Acknowledgment,
  type ConnectionTrace,
  type DirectionTrace,
  isRetransmission,
  mergedRecords,
  outstandingData,
  reordering,
  roundTrips,
  type Segment,
  thin,
  throughput,
  timeSequence,
  totals,
  traceCapture,
} from '../../stack/trace/index.ts'
import { HarnessError } from '../error.ts'
import type { OutsideView, TimeSequenceView } from '../result/behaviour.ts'

/** A chart is some 400 pixels wide, and a page has dozens. */
const mostPoints = 250
/** Segments of the close-up. */
const closeSegments = 100
/** Of these, before the first loss. */
const closeBefore = 30
const wantedBins = 100

/** A file that a thread of the stack wrote; one that took the place of another has a file of its own. */
export interface ThreadCapture {
  readonly path: string
  readonly thread: number
}

/** Throws HarnessError if there is no connection in the captures, and PcapError if they are damaged. */
export function outsideView(captures: readonly ThreadCapture[], stackAddress: string): OutsideView {
  const records = [...mergedRecords(captures.map(({ path }) => path))]
  const { connections, frames } = traceCapture(records, { capturedAt: stackAddress })
  const connection = connections.toSorted((a, b) => bytesOf(b) - bytesOf(a))[0]
  if (connection === undefined || bytesOf(connection) === 0) {
    throw new HarnessError(
      'The capture has no TCP connection with data.',
      'Look at the sample’s log; if its transfer was verified, this is a defect of the capture.',
    )
  }
  const isServerSending = dataOf(connection.toClient) > dataOf(connection.toServer)
  const [sender, receiver] = isServerSending
    ? [connection.server, connection.client]
    : [connection.client, connection.server]
  const direction = isServerSending ? connection.toClient : connection.toServer
  const isStackSending = sender.address === stackAddress
  const [own, other] = isStackSending ? [sender, receiver] : [receiver, sender]
  const threadOf = ({ frame }: { readonly frame: number }) =>
    captures[records[frame - 1]?.source ?? 0]?.thread ?? 0
  const since = relativeTo(connection.firstMicros)
  const { segments, acknowledgments } = direction
  const close = closeUpOf(direction)
  const trace: Trace = { since, threadOf }
  return {
    sender: isStackSending ? 'stack' : 'peer',
    stackPort: own.port,
    peerPort: other.port,
    frames,
    connections: connections.length,
    isCut: direction.isCut,
    durationMicros: connection.lastMicros - connection.firstMicros,
    totals: totalsOf(direction),
    reordering: reorderingOf(direction),
    performers: [...new Set(captures.map(({ thread }) => thread))].map((thread) => ({
      thread,
      segments: segments.filter((segment) => threadOf(segment) === thread).length,
      acknowledgments: acknowledgments.filter((each) => threadOf(each) === thread).length,
    })),
    overview: timeSequenceOf(direction, trace, mostPoints),
    closeUp: timeSequenceOf(close, trace, mostPoints),
    throughput: throughputOf(direction, since),
    roundTrips: thin(
      roundTrips(direction).map(({ micros, roundTripMicros }) => ({
        micros: since(micros),
        value: roundTripMicros,
      })),
      mostPoints,
      byTime,
    ),
    outstanding: thin(outstandingData(direction), mostPoints, {
      micros: ({ micros }) => micros,
      value: ({ bytes }) => bytes,
    }).map(({ micros, bytes, window }) => ({ micros: since(micros), bytes, window: window ?? null })),
  }
}

interface Trace {
  since(micros: number): number
  threadOf(packet: { readonly frame: number }): number
}

const byTime = {
  micros: ({ micros }: { readonly micros: number }) => micros,
  value: ({ value }: { readonly value: number }) => value,
}

function bytesOf({ toServer, toClient }: ConnectionTrace): number {
  return dataOf(toServer) + dataOf(toClient)
}

function dataOf({ segments }: DirectionTrace): number {
  return segments.reduce((sum, { length }) => sum + length, 0)
}

/** Rounded to a tenth: more digits are below what a clock tells. */
function relativeTo(origin: number) {
  return (micros: number) => Math.round(10 * (micros - origin)) / 10
}

function totalsOf(direction: DirectionTrace): OutsideView['totals'] {
  const { byKind: _, ...all } = totals(direction)
  return {
    ...all,
    minimumRoundTripMicros: all.minimumRoundTripMicros ?? null,
    medianRoundTripMicros: all.medianRoundTripMicros ?? null,
    p99RoundTripMicros: all.p99RoundTripMicros ?? null,
  }
}

function reorderingOf(direction: DirectionTrace): OutsideView['reordering'] {
  const { ratio, late, maximumExtent, maximumLateMicros } = reordering(direction)
  return { ratio, late: late.length, maximumExtent, maximumLateMicros }
}

/** Whether a segment tells of something that does not happen on a perfect path. */
function isEvent(segment: Segment): boolean {
  return segment.kind !== 'new' || segment.missingBefore > 0
}

/** Some consecutive segments, and the acknowledgments of that time. */
function closeUpOf(direction: DirectionTrace): DirectionTrace {
  const { segments, acknowledgments } = direction
  const event = segments.findIndex(isEvent)
  const wanted = event >= 0 ? event - closeBefore : (segments.length - closeSegments) / 2
  const first = Math.max(0, Math.min(Math.floor(wanted), segments.length - closeSegments))
  const own = segments.slice(first, first + closeSegments)
  const [from, to] = [own[0]?.micros ?? 0, own.at(-1)?.micros ?? 0]
  const isWithin = ({ micros }: Acknowledgment) => micros >= from && micros <= to
  return { ...direction, segments: own, acknowledgments: acknowledgments.filter(isWithin) }
}

function timeSequenceOf(
  direction: DirectionTrace,
  { since, threadOf }: Trace,
  limit: number,
): TimeSequenceView {
  const { acknowledged, windowEdge, sack } = timeSequence(direction)
  const at = <Item extends { readonly micros: number }>(items: readonly Item[]) =>
    items.map((item) => ({ ...item, micros: since(item.micros) }))
  const kept = thin(direction.segments, limit, {
    micros: ({ micros }) => micros,
    value: ({ to }) => to,
    isNotable: isEvent,
  })
  return {
    segments: kept.map((segment) => ({
      micros: since(segment.micros),
      from: segment.from,
      to: segment.to,
      kind: isRetransmission(segment) || segment.kind === 'outOfOrder' ? segment.kind : 'new',
      thread: threadOf(segment),
    })),
    acknowledged: at(thin(acknowledged, limit, byTime)),
    windowEdge: at(thin(windowEdge, limit, byTime)),
    sack: at(thin(sack, limit, { micros: ({ micros }) => micros, value: ({ to }) => to })),
  }
}

/** Bins of 1, 2 or 5 times a power of ten microseconds, about a hundred of them. */
function throughputOf(direction: DirectionTrace, since: Trace['since']): OutsideView['throughput'] {
  const { segments, acknowledgments } = direction
  const first = segments[0]?.micros ?? 0
  const last = Math.max(segments.at(-1)?.micros ?? 0, acknowledgments.at(-1)?.micros ?? 0)
  const least = Math.max(1, (last - first) / wantedBins)
  const power = 10 ** Math.floor(Math.log10(least))
  const binMicros = power * ([1, 2, 5, 10].find((factor) => factor * power >= least) ?? 10)
  const bins = throughput(direction, binMicros)
  return { binMicros, bins: bins.map((bin) => ({ ...bin, micros: since(bin.micros) })) }
}
