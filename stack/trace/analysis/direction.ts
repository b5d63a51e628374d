/**
 * One direction of a connection as its packets pass: what its segments are and what their acknowledgments say. One
 * packet at a time, in the order of the capture. Invariant: `#acknowledged` ≤ `#next`, and every number below `#next`
 * has passed, lies in a hole, or was acknowledged.
 */
import { type Circumstances, classify } from './classify.ts'
import { Holes } from './holes.ts'
import { InFlight } from './in-flight.ts'
import type { SentAcknowledgment, SentSegment } from './passing.ts'
import { Ranges } from './ranges.ts'
import type {
  Acknowledgment,
  DirectionTrace,
  Lateness,
  Outstanding,
  Range,
  Segment,
  SegmentKind,
} from './records.ts'
import { SequenceSpace } from './sequence-space.ts'

export class DirectionAnalyser implements DirectionTrace {
  readonly segments: Segment[] = []
  readonly acknowledgments: Acknowledgment[] = []
  acknowledgedUnseen = 0
  isCut = false
  readonly #limit: number
  readonly #isAtSender: boolean
  readonly #space = new SequenceSpace()
  readonly #holes = new Holes()
  readonly #reported = new Ranges()
  readonly #inFlight = new InFlight()
  /** The number after the highest that passed. */
  #next = 0
  #acknowledged = 0
  #acknowledgedMicros: number | undefined
  #duplicates = 0
  #rawWindow: number | undefined
  #lastKind: SegmentKind | undefined
  #probed: number | undefined
  /** Segments that passed for the first time. */
  #originals = 0

  /**
   * `limit`: of segments, and of acknowledgments, that are kept. `isAtSender`: whether the capture was made at the device of
   * whoever sends the data.
   */
  constructor(limit: number, isAtSender: boolean) {
    this.#limit = limit
    this.#isAtSender = isAtSender
  }

  get first(): number | undefined {
    return this.#space.first
  }

  /** Before anything else: the first sequence number, and which distance from it comes next. */
  begin(first: number, next: 0 | 1): void {
    this.#space.begin(first)
    this.#next = next
    this.#acknowledged = next
  }

  /** Whether a packet with this sequence number begins where the data ends, or beyond: then data before it is missing. */
  isPastData(sequence: number): boolean {
    return this.#space.unwrap(sequence, this.#next) >= this.#next
  }

  /** Whether a packet with this sequence number begins one before that. */
  isBeforeNext(sequence: number): boolean {
    return this.#space.unwrap(sequence, this.#next) === this.#next - 1
  }

  send(sent: SentSegment, isControl: boolean): void {
    const from = this.#space.unwrap(sent.sequence, this.#next)
    const to = from + sent.sequenceLength
    const hole = this.#holes.find(from, to)
    const kind = this.#kindOf(sent, { from, to }, isControl)
    const lateness: Lateness | undefined =
      kind === 'outOfOrder' && hole !== undefined
        ? {
            extent: this.#originals - hole.overtaker.arrival,
            micros: sent.micros - hole.overtaker.micros,
          }
        : undefined
    const missingBefore = Math.max(0, from - this.#next)
    this.#note(sent, { from, to }, kind)
    this.#lastKind = kind
    this.#probed = kind === 'windowProbe' ? from : undefined
    this.#keep(this.segments, {
      frame: sent.frame,
      micros: sent.micros,
      from,
      to,
      length: sent.length,
      flags: sent.flags,
      kind,
      missingBefore,
      lateness,
      outstanding: this.#outstanding,
    })
  }

  #kindOf(sent: SentSegment, { from, to }: Range, isControl: boolean): SegmentKind {
    const isShort = sent.length <= 1 && !isControl
    if (isShort && sent.length === 1 && this.#rawWindow === 0) {
      if (from === this.#next || from === this.#probed) return 'windowProbe'
    }
    if (isShort && from === this.#next - 1) return 'keepAlive'
    // The byte of a probe goes with the next segment again.
    if (from >= this.#next || (from === this.#probed && to > this.#next)) return 'new'
    const hole = this.#holes.find(from, to)
    const circumstances: Circumstances = {
      micros: sent.micros,
      timestamp: sent.timestamp,
      isReported: to <= this.#acknowledged || this.#reported.hasAll(from, to),
      isBelowSack: from < (this.#reported.end ?? from),
      isAskedFor: from === this.#acknowledged,
      duplicateAcks: this.#duplicates,
      acknowledgedMicros: this.#acknowledgedMicros,
      isFirstHere: this.#isAtSender && hole !== undefined && hole.from <= from && to <= hole.to,
      hole,
      roundTripMicros: sent.roundTripMicros,
    }
    return classify(circumstances)
  }

  #note(sent: SentSegment, { from, to }: Range, kind: SegmentKind): void {
    const transmission = { micros: sent.micros, timestamp: sent.timestamp }
    if (from > this.#next) {
      this.#holes.open(this.#next, from, { ...transmission, arrival: this.#originals })
    }
    const isUnseen = this.#holes.fill(from, to) > 0 || from >= this.#next
    // The part that passed before makes what waits for its acknowledgment ambiguous.
    if (from < this.#next) this.#inFlight.sendAgain({ from, to }, transmission)
    if (isUnseen && to > from) this.#inFlight.send({ from, to }, transmission)
    else if (to > this.#next) this.#inFlight.send({ from: this.#next, to }, transmission)
    if (kind === 'new' || kind === 'outOfOrder') this.#originals += 1
    this.#next = Math.max(this.#next, to)
  }

  acknowledge(sent: SentAcknowledgment): void {
    const edge = this.#space.unwrap(sent.acknowledgment, this.#acknowledged)
    const sack = sent.sack.map(([left, right]) => ({
      from: this.#space.unwrap(left, edge),
      to: this.#space.unwrap(right, edge),
    }))
    // Bytes were acknowledged that did not pass here: they went another way, or the capture lost them.
    if (edge > this.#next) {
      this.acknowledgedUnseen += edge - this.#next
      this.#next = edge
    }
    const isAdvance = edge > this.#acknowledged
    // RFC 5681 section 2, but for one thing: that something is outstanding. Nor does Wireshark ask for it.
    const isDuplicate =
      sent.isBare &&
      edge === this.#acknowledged &&
      sent.rawWindow === this.#rawWindow &&
      sent.rawWindow > 0 &&
      this.#acknowledgedMicros !== undefined &&
      this.#lastKind !== 'keepAlive'
    const roundTrip = isAdvance
      ? this.#inFlight.acknowledge(edge, sent.micros, sent.echo, ({ from, to }) =>
          this.#reported.hasAll(from, to),
        )
      : undefined
    if (isAdvance) {
      this.#acknowledged = edge
      this.#duplicates = 0
      this.#holes.closeBelow(edge)
    }
    if (isDuplicate) this.#duplicates += 1
    const isDuplicateSack = reportsDuplicate(sack, edge)
    for (const { from, to } of sack) {
      if (to > this.#acknowledged && to <= this.#next) this.#reported.add(from, to)
    }
    this.#reported.dropBelow(this.#acknowledged)
    // One that was overtaken says nothing of now (RFC 9293 section 3.10.7.4, SND.WL2).
    if (edge === this.#acknowledged) {
      this.#acknowledgedMicros = sent.micros
      this.#rawWindow = sent.rawWindow
    }
    this.#keep(this.acknowledgments, {
      frame: sent.frame,
      micros: sent.micros,
      acknowledgment: edge,
      window: sent.window,
      sack,
      isDuplicateSack,
      duplicate: isDuplicate ? this.#duplicates : 0,
      outstanding: this.#outstanding,
      roundTrip,
    })
  }

  get #outstanding(): Outstanding {
    return { all: this.#next - this.#acknowledged, reported: this.#reported.size }
  }

  #keep<Kept>(list: Kept[], record: Kept): void {
    if (list.length < this.#limit) list.push(record)
    else this.isCut = true
  }
}

/** The first block is acknowledged already, or lies within the second (RFC 2883 section 4). */
function reportsDuplicate([first, second]: readonly Range[], edge: number): boolean {
  if (first === undefined) return false
  if (first.to <= edge) return true
  return second !== undefined && second.from <= first.from && first.to <= second.to
}
