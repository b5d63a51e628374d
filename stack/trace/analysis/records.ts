/**
 * What the analysis says of one direction of a connection: the segments that carry its data, and the acknowledgments
 * that come back for it. Sequence numbers are relative and do not wrap: the SYN is 0, the first byte of data is 1, as
 * other analysers count. Times are microseconds since the first frame of the capture.
 */

/**
 * What a segment is, judged when it passes:
 *
 * - `new`: it has bytes that come after all that passed.
 * - `outOfOrder`: it fills a hole, and came too early to have been sent again (`classify.ts`).
 * - `retransmission`: its bytes passed before, or it fills a hole too late to be anything else.
 * - `fastRetransmission`: likewise, right after duplicate ACKs that ask for it (RFC 5681 section 3.2).
 * - `sackRetransmission`: likewise, below bytes that SACK blocks report (RFC 6675).
 * - `spuriousRetransmission`: the receiver had reported all of it, in an acknowledgment that passed here.
 * - `keepAlive`: at most one byte, just before what comes next (RFC 9293 section 3.8.4).
 * - `windowProbe`: one byte beyond a closed window (RFC 9293 section 3.8.6.1).
 */
export type SegmentKind =
  | 'new'
  | 'outOfOrder'
  | 'retransmission'
  | 'fastRetransmission'
  | 'sackRetransmission'
  | 'spuriousRetransmission'
  | 'keepAlive'
  | 'windowProbe'

/** A segment that takes room in the sequence space: data, SYN or FIN; also a keep-alive without data. */
export interface Segment {
  /** Number of its frame in the capture, from 1. */
  readonly frame: number
  readonly micros: number
  /** First sequence number, and the one after its last. */
  readonly from: number
  readonly to: number
  /** Bytes of payload. */
  readonly length: number
  /** TcpFlag bits. */
  readonly flags: number
  readonly kind: SegmentKind
  /** Sequence numbers that are missing before it: they were lost before this place, or come late. */
  readonly missingBefore: number
  /** Of one that is out of order: by how much (RFC 4737). */
  readonly lateness: Lateness | undefined
  readonly outstanding: Outstanding
}

/** What was sent and is not acknowledged, after a segment or an acknowledgment, in sequence numbers. */
export interface Outstanding {
  /** The highest number sent less the highest acknowledged (SND.NXT - SND.UNA). */
  readonly all: number
  /** Of these, what SACK blocks report: the rest is in flight or lost. */
  readonly reported: number
}

export interface Lateness {
  /** Reordering extent (RFC 4737 section 4.2): segments that came since the first that should have come later. */
  readonly extent: number
  /** Late time offset (section 4.3): microseconds since that one. */
  readonly micros: number
}

/** An acknowledgment of this direction's data, sent by its receiver. */
export interface Acknowledgment {
  readonly frame: number
  readonly micros: number
  /** Next sequence number that is expected. */
  readonly acknowledgment: number
  /** Bytes beyond it that the receiver takes, scaled. */
  readonly window: number
  readonly sack: readonly Range[]
  /** The first SACK block reports bytes that came twice (RFC 2883). */
  readonly isDuplicateSack: boolean
  /** Which duplicate of the same acknowledgment it is, from 1; 0 if it is none. */
  readonly duplicate: number
  readonly outstanding: Outstanding
  readonly roundTrip: RoundTrip | undefined
}

export interface Range {
  readonly from: number
  readonly to: number
}

/** The time from a segment to its acknowledgment, as seen where the capture was made. */
export interface RoundTrip {
  readonly micros: number
  /**
   * `sequence`: of a segment that was sent once. `timestamps`: of one that was sent several times, the echoed timestamp
   * telling which of them arrived (RFC 7323 section 4).
   */
  readonly by: 'sequence' | 'timestamps'
}

/** All that is said of one direction. */
export interface DirectionTrace {
  readonly segments: readonly Segment[]
  /** Of these segments, by the other end. */
  readonly acknowledgments: readonly Acknowledgment[]
  /** The other end acknowledged bytes that did not pass here before. */
  readonly acknowledgedUnseen: number
  /** There were more segments or acknowledgments than are kept: the series end early. */
  readonly isCut: boolean
}

export function isRetransmission({ kind }: Pick<Segment, 'kind'>): boolean {
  return (
    kind === 'retransmission' ||
    kind === 'fastRetransmission' ||
    kind === 'sackRetransmission' ||
    kind === 'spuriousRetransmission'
  )
}
