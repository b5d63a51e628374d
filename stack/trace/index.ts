/**
 * The outside view of TCP connections, from a capture: what a stack did, told by the packets that it exchanged and by
 * nothing else. It serves captures of our recorder and of any program that writes classic pcap, of either end.
 *
 *   traceCapture(readPcap('run.pcap')).connections[0].toServer → totals, timeSequence, roundTrips, …
 *
 * All but `readPcap`, `mergedRecords` and `mergePcap` is without I/O.
 */

export { type MergedRecord, mergedRecords, mergePcap, readPcap } from '../device/wrappers/pcap-file.ts'
export { type PcapEnd, PcapError, pcapRecordsOf } from '../device/wrappers/pcap-records.ts'
export type { PcapRecord } from '../wire/pcap.ts'
export type { ConnectionTrace } from './analysis/connection.ts'
export {
  type Acknowledgment,
  type DirectionTrace,
  isRetransmission,
  type Lateness,
  type Outstanding,
  type Range,
  type RoundTrip,
  type Segment,
  type SegmentKind,
} from './analysis/records.ts'
export { type CaptureOptions, type CaptureTrace, traceCapture } from './capture.ts'
export type { Endpoint } from './packet.ts'
export { type OutstandingPoint, outstandingData } from './series/outstanding.ts'
export { type LateSegment, type Reordering, reordering } from './series/reordering.ts'
export { type RoundTripPoint, roundTrips } from './series/round-trips.ts'
export { type Thinning, thin } from './series/thin.ts'
export { type ThroughputBin, throughput } from './series/throughput.ts'
export {
  type Point,
  type SegmentStroke,
  type Stroke,
  type TimeSequence,
  timeSequence,
} from './series/time-sequence.ts'
export { type Totals, totals } from './series/totals.ts'
