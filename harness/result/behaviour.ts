/**
 * How one exchange of a cell went, seen from outside (a capture at the stack's device), from inside (its requests, applied
 * again) and by the peer's kernel. Kept in the folder of a run beside the log of the cell's first sample, with the
 * capture and the requests. It is no sample: to look at an exchange takes processor time.
 *
 * Times are microseconds since the connection's first packet. Sequence numbers are relative: the SYN is 0. Every series is
 * bounded, and thinned so that it draws the same.
 */
import { z } from 'zod'

const micros = z.number()
const count = z.int().nonnegative()

const segmentSchema = z.strictObject({
  micros,
  from: z.number(),
  to: z.number(),
  /** A `SegmentKind` of `stack/trace`. */
  kind: z.string(),
  /** The thread whose device it passed: who sent it, or read it. */
  thread: count,
})

const pointSchema = z.strictObject({ micros, value: z.number() })
const strokeSchema = z.strictObject({ micros, from: z.number(), to: z.number() })

const timeSequenceSchema = z.strictObject({
  segments: z.array(segmentSchema),
  acknowledged: z.array(pointSchema),
  windowEdge: z.array(pointSchema),
  sack: z.array(strokeSchema),
})

const outsideSchema = z.strictObject({
  /** Which end sends the data that is shown. */
  sender: z.enum(['stack', 'peer']),
  stackPort: z.int(),
  peerPort: z.int(),
  frames: count,
  connections: count,
  isCut: z.boolean(),
  durationMicros: z.number(),
  /** Of `totals` in `stack/trace`. */
  totals: z.strictObject({
    segments: count,
    bytes: count,
    retransmissions: count,
    retransmittedBytes: count,
    outOfOrder: count,
    missing: count,
    acknowledgments: count,
    duplicateAcks: count,
    duplicateSacks: count,
    greatestOutstanding: count,
    roundTripSamples: count,
    minimumRoundTripMicros: z.number().nullable(),
    medianRoundTripMicros: z.number().nullable(),
    p99RoundTripMicros: z.number().nullable(),
  }),
  /** RFC 4737, where the capture was made. */
  reordering: z.strictObject({
    ratio: z.number(),
    late: count,
    maximumExtent: count,
    maximumLateMicros: z.number(),
  }),
  /** By thread: segments with data, and acknowledgments of them, that its device passed. */
  performers: z.array(z.strictObject({ thread: count, segments: count, acknowledgments: count })),
  overview: timeSequenceSchema,
  /** A short part of it in full: around the first loss or retransmission, or the middle where there is none. */
  closeUp: timeSequenceSchema,
  throughput: z.strictObject({
    binMicros: z.number().positive(),
    bins: z.array(z.strictObject({ micros, bytes: count, acknowledgedBytes: count })),
  }),
  roundTrips: z.array(pointSchema),
  /** `window`: advertised by the receiver; null before it was. */
  outstanding: z.array(z.strictObject({ micros, bytes: z.number(), window: z.number().nullable() })),
})

const insideSchema = z.strictObject({
  requests: count,
  digestsCompared: count,
  /** Rows before thinning: requests that changed a variable of the connection. */
  changes: count,
  isCut: z.boolean(),
  /** Bytes; times in microseconds. Names are those of `stack`'s inside view. */
  rows: z.array(
    z.strictObject({
      micros,
      congestionWindow: z.number(),
      slowStartThreshold: z.number(),
      pipe: z.number(),
      sendWindow: z.number(),
      receiveWindow: z.number(),
      smoothedRoundTrip: z.number(),
      retransmissionTimeout: z.number(),
      recovery: z.number(),
    }),
  ),
})

const peerSchema = z.strictObject({
  /** What `nstat` shows of the exchange: the kernel's counters that moved, by name. */
  counters: z.record(z.string(), z.number()),
  /** What `ss -ti` showed of the connection, again and again: its numbers by the program's names. */
  sockets: z.array(z.strictObject({ micros, values: z.record(z.string(), z.number()) })),
})

export const behaviourSchema = z.strictObject({
  experiment: z.string(),
  cell: z.string(),
  takenAt: z.iso.datetime(),
  seed: count,
  /** Workers of the stack, which are numbered as the threads of segments. */
  threads: z.int().positive(),
  /** File names beside this one; the requests are null where the strategy does not record them. */
  capture: z.string(),
  requests: z.string().nullable(),
  outside: outsideSchema,
  inside: insideSchema.nullable(),
  peer: peerSchema,
})

export type Behaviour = z.infer<typeof behaviourSchema>
export type OutsideView = Behaviour['outside']
export type InsideView = NonNullable<Behaviour['inside']>
export type PeerView = Behaviour['peer']
export type TimeSequenceView = OutsideView['overview']

/** The folder of a view: beside the log of the cell's first sample, whose path is given. */
export function behaviourFolder(logPath: string): string {
  return `${logPath}.behaviour`
}

export const viewName = 'view.json'
export const captureName = 'capture.pcap'
/** Of the name that `make replay` and its test look for. */
export const requestsName = 'requests.channel'
