/**
 * Every quantity that is measured, declared once: schemas of samples, summaries, verdicts, tables and figures follow.
 * A workload lists the names of what it measures; its cells are compared by the first of them.
 */
import { z } from 'zod'
import { histogramSchema } from './histogram.ts'
import type { DistributionMeasure, Measure, ScalarMeasure } from './measure.ts'

/** Counts of losses, retransmissions and the like: summed up, and shown in tables only. */
const mishaps = { kind: 'scalar', better: 'less', combine: 'sum', figures: [] } as const

/** Goodput of one of two directions. */
const direction = {
  kind: 'scalar',
  unit: 'Mbit/s',
  better: 'more',
  combine: 'median',
  display: { unit: 'Gbit/s', divisor: 1000 },
  figures: ['values'],
} as const

/** A part of the time for a request at a channel. */
const channelNanos = { kind: 'scalar', unit: 'ns', better: 'less', combine: 'median', figures: [] } as const

/** A part of the time that a request of fixed work takes, while it is done. */
const requestMicros = { kind: 'scalar', unit: 'µs', better: 'less', combine: 'median', figures: [] } as const

/** Processor time, user and system together. */
const processorTime = { kind: 'scalar', better: 'less', combine: 'median', figures: [] } as const

/** Bytes of a window, or within it. */
const window = {
  kind: 'scalar',
  unit: 'bytes',
  better: 'neither',
  combine: 'median',
  display: { unit: 'kB', divisor: 1000 },
  figures: [],
} as const

export const declaredMeasures = {
  /** Application bytes that the receiver took within the measured time; if both ends receive, the sum. */
  goodputMbps: {
    kind: 'scalar',
    title: 'Goodput',
    unit: 'Mbit/s',
    better: 'more',
    combine: 'median',
    display: { unit: 'Gbit/s', divisor: 1000 },
    figures: ['values'],
  },
  /** The part of the goodput that the stack sent, and the part that it received. */
  outgoingMbps: { ...direction, title: 'Outgoing' },
  incomingMbps: { ...direction, title: 'Incoming' },
  /**
   * Jain's fairness index of what each connection got while all were under way: 1 if all got the same, 1/n if one of n
   * got everything. Not of a single connection, for which it is 1 whatever happens.
   */
  jainIndex: {
    kind: 'scalar',
    title: 'Jain’s index',
    unit: '1/n … 1',
    better: 'more',
    combine: 'median',
    figures: ['values'],
  },
  /** Of the segments that arrived, those behind bytes that begin after them (RFC 4737). */
  reorderedPercent: {
    kind: 'scalar',
    title: 'Reordered',
    unit: '% of segments',
    better: 'less',
    combine: 'median',
    figures: ['values'],
  },
  /** Segments that three segments just before them overtook: they draw three duplicate ACKs (RFC 4737, section 5.4). */
  threeReorderedPercent: {
    kind: 'scalar',
    title: '3-reordered',
    unit: '% of segments',
    better: 'less',
    combine: 'median',
    figures: [],
  },
  /** Of a reordered segment: how many segments ago the first arrived that begins after it (RFC 4737, section 4.2.1). */
  reorderingExtent: {
    kind: 'distribution',
    title: 'Reordering extent',
    unit: 'segments',
    better: 'less',
    combine: 'pool',
    ticksPerUnit: 1,
    quantiles: [0.5, 0.99],
    figures: [],
  },
  /** Requests that the framework carried, without a network. */
  requestsPerSecond: {
    kind: 'scalar',
    title: 'Requests',
    unit: 'per second',
    better: 'more',
    combine: 'median',
    display: { unit: 'k/s', divisor: 1000 },
    figures: ['values'],
  },
  /**
   * Of a request: s, to apply it to a state of one's own; s_l, its section under a lock, from when it could begin to the
   * release; p, its payload work.
   */
  stateMicros: { ...requestMicros, title: 'State s' },
  sectionMicros: { ...requestMicros, title: 'Section s_l' },
  payloadMicros: { ...requestMicros, title: 'Payload p' },
  /** The largest difference of a variable that controls how much may be sent, after any request at any replica. */
  traceDistance: {
    kind: 'scalar',
    title: 'Trace distance',
    unit: 'bytes or µs',
    better: 'less',
    combine: 'sum',
    figures: [],
  },
  /** How many values of such variables were compared. */
  pointsCompared: {
    kind: 'scalar',
    title: 'Compared',
    unit: 'points',
    better: 'neither',
    combine: 'sum',
    figures: [],
  },
  /** Elapsed time for each request that all readers of a channel saw and one of them claimed. */
  requestNanos: {
    kind: 'scalar',
    title: 'Request',
    unit: 'ns',
    better: 'less',
    combine: 'median',
    figures: ['values'],
  },
  /** Parts of it, of a reader: to publish a request, to dequeue it with all that follows, and for its claim alone. */
  publishNanos: { ...channelNanos, title: 'Publish' },
  dequeueNanos: { ...channelNanos, title: 'Dequeue' },
  claimNanos: { ...channelNanos, title: 'Claim' },
  /** Of all claims, those of the reader that won most: with N readers that share evenly, 100 / N. */
  largestSharePercent: {
    kind: 'scalar',
    title: 'Largest share',
    unit: '% of claims',
    better: 'less',
    combine: 'median',
    figures: [],
  },
  /** Requests whose whole response the client took within the measured time. */
  transactionsPerSecond: {
    kind: 'scalar',
    title: 'Transactions',
    unit: 'per second',
    better: 'more',
    combine: 'median',
    display: { unit: 'k/s', divisor: 1000 },
    figures: ['values', 'ratios'],
  },
  /**
   * At the client: from just before it hands over the first byte of a request to the last byte of the response. By a
   * schedule: from the time at which the request was due.
   */
  latencyMicros: {
    kind: 'distribution',
    title: 'Latency',
    unit: 'µs',
    better: 'less',
    combine: 'pool',
    ticksPerUnit: 10,
    quantiles: [0.5, 0.99, 0.999],
    figures: ['cumulative'],
  },
  /** Of requests by a schedule, refused ones included, the time that 99 % did not exceed. */
  tailLatencyMicros: {
    kind: 'scalar',
    title: 'Tail latency',
    unit: 'µs (p99)',
    better: 'less',
    combine: 'median',
    figures: ['ratios'],
  },
  /** Of the requests that were due, those that were not made, since too many were under way. */
  refusedPercent: {
    kind: 'scalar',
    title: 'Refused',
    unit: '%',
    better: 'less',
    combine: 'median',
    figures: [],
  },
  /** How late the program was that makes requests by a schedule: it is part of every latency. */
  generatorLagMicros: {
    kind: 'scalar',
    title: 'Generator late',
    unit: 'µs (p99)',
    better: 'less',
    combine: 'median',
    figures: [],
  },
  /** Datagrams that the receiver took within the measured time, each number once. */
  packetsPerSecond: {
    kind: 'scalar',
    title: 'Packets',
    unit: 'per second',
    better: 'more',
    combine: 'median',
    display: { unit: 'k/s', divisor: 1000 },
    figures: ['values', 'ratios'],
  },
  /** Datagrams that the sender gave to its host. */
  sentPerSecond: {
    kind: 'scalar',
    title: 'Offered',
    unit: 'per second',
    better: 'neither',
    combine: 'median',
    figures: [],
  },
  /** Of the datagrams that were sent, those that never arrived. */
  lossPercent: {
    kind: 'scalar',
    title: 'Loss',
    unit: '%',
    better: 'less',
    combine: 'median',
    figures: ['values'],
  },
  /** Goodput of the Linux flow that shares a link with the flow of `goodputMbps`. */
  besideMbps: { ...direction, title: 'Beside', better: 'neither', figures: [] },
  /** Of what both flows over a link moved together, the part of the stack's. */
  shareOfLink: {
    kind: 'scalar',
    title: 'Share',
    unit: 'of both',
    better: 'neither',
    combine: 'median',
    figures: ['values'],
  },
  /** Windows of a sender, means over the measured time: its congestion window, what was in flight, the receiver's window. */
  congestionWindowBytes: { ...window, title: 'Congestion window', figures: ['values'] },
  flightBytes: { ...window, title: 'In flight' },
  receiveWindowBytes: { ...window, title: 'Receive window' },
  /** Processor time for 10⁹ application bytes. */
  stackSecondsPerGigabyte: { ...processorTime, title: 'Stack CPU', unit: 's per GB' },
  peerSecondsPerGigabyte: { ...processorTime, title: 'Peer CPU', unit: 's per GB' },
  /**
   * Parts of `stackSecondsPerGigabyte`: the stack's threads with the engine's helpers, and the application's thread.
   * Polling is elapsed time of rounds in which the stack's threads found nothing to do.
   */
  threadSecondsPerGigabyte: { ...processorTime, title: 'Threads', unit: 's per GB' },
  pollingSecondsPerGigabyte: { ...processorTime, title: 'Polling', unit: 's per GB' },
  applicationSecondsPerGigabyte: { ...processorTime, title: 'Application', unit: 's per GB' },
  /** How often the stack's threads went to sleep until woken. */
  sleepsPerGigabyte: {
    kind: 'scalar',
    title: 'Sleeps',
    unit: 'per GB',
    better: 'neither',
    combine: 'median',
    figures: [],
  },
  stackMicrosPerTransaction: { ...processorTime, title: 'Stack CPU', unit: 'µs each' },
  peerMicrosPerTransaction: { ...processorTime, title: 'Peer CPU', unit: 'µs each' },
  stackMicrosPerDatagram: { ...processorTime, title: 'Stack CPU', unit: 'µs each' },
  peerMicrosPerDatagram: { ...processorTime, title: 'Peer CPU', unit: 'µs each' },
  /** Segments that the sender transmitted again; if both ends send, the sum. */
  retransmits: { ...mishaps, title: 'Retransmits', unit: 'segments' },
  /** Those of the Linux flow that shares a link. */
  besideRetransmits: { ...mishaps, title: 'Retransmits', unit: 'beside' },
  /** The same beside what was received: cells with different payload work move different amounts. */
  retransmitsPerGigabyte: {
    kind: 'scalar',
    title: 'Retransmits',
    unit: 'segments per GB',
    better: 'less',
    combine: 'median',
    figures: [],
  },
  /** Retransmissions that DSACK (RFC 2883) reported to be unnecessary. */
  spuriousRetransmits: { ...mishaps, title: 'Spurious', unit: 'of them' },
  /** Segments that the receiver had to queue out of order. */
  outOfOrder: { ...mishaps, title: 'Out of order', unit: 'at the receiver' },
  /** Duplicate acknowledgments that the sender received. */
  duplicateAcks: { ...mishaps, title: 'Dup. ACKs', unit: 'at the sender' },
  /** Datagrams that the stack could not send, or had no room for, by its own counters. */
  lostAtStack: { ...mishaps, title: 'Lost', unit: 'in the stack' },
  lostAtPeer: { ...mishaps, title: 'Lost', unit: 'in the peer' },
  /** Datagrams that neither end saw being lost: queues between the two were full, or the path was impaired. */
  lostOnTheWay: { ...mishaps, title: 'Lost', unit: 'between' },
  /** Datagrams that arrived behind one with a higher number (RFC 4737). */
  reorderedDatagrams: { ...mishaps, title: 'Reordered', unit: 'datagrams' },
  /** Datagrams beyond the first with their number. */
  duplicatedDatagrams: { ...mishaps, title: 'Duplicated', unit: 'datagrams' },
} as const satisfies Readonly<Record<string, Measure>>

type Declared = typeof declaredMeasures
export type MeasureName = keyof Declared
/** Measures that cells can be compared by: one number a sample, combined as a median. */
export type RateName = {
  [Name in MeasureName]: Declared[Name]['combine'] extends 'median' ? Name : never
}[MeasureName]

export type DistributionName = {
  [Name in MeasureName]: Declared[Name]['kind'] extends 'distribution' ? Name : never
}[MeasureName]

export const measureNames = Object.keys(declaredMeasures) as MeasureName[]

/** The declaration of a measure, for code that treats all measures alike. */
export function measureOf(name: MeasureName): Measure {
  return declaredMeasures[name]
}

export function isRate(name: MeasureName): name is RateName {
  return declaredMeasures[name].combine === 'median'
}

export function isDistribution(name: MeasureName): name is DistributionName {
  return declaredMeasures[name].kind === 'distribution'
}

type SchemaOf<M> = M extends DistributionMeasure
  ? typeof histogramSchema
  : M extends ScalarMeasure
    ? z.ZodNullable<z.ZodNumber>
    : never

const schemas = Object.fromEntries(
  measureNames.map((name) => [
    name,
    measureOf(name).kind === 'distribution' ? histogramSchema : z.number().nonnegative().nullable(),
  ]),
) as { [Name in MeasureName]: SchemaOf<Declared[Name]> }

/** The measures of one sample: those that its workload lists. */
export const measuredSchema = z.strictObject(z.object(schemas).partial().shape)

export type Measured = z.infer<typeof measuredSchema>
