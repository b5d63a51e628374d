/**
 * The ring of sent segments and its two lists (see `state/sent-segment.ts`).
 *
 *   ringHead                                             ringTail
 *      │ in flight │ sacked │ lost │ sacked │ in flight │
 *   SND.UNA                                          SND.NXT
 *
 * Invariants: entries are contiguous in sequence space; ringTail - ringHead ≤ segmentCount; `pipe` is the sum of the
 * lengths in the time list; `sackedBytes` that of the sacked entries. Every operation is O(1) but `findEntry`, a
 * binary search, and `placeInTime` and `extendSelection`, linear ones.
 *
 * Every operation checks that the entry is in the condition that the operation ends, and that its neighbors in the
 * list link to it. So an operation on a wrong entry throws at once. Without the check a list could link to itself,
 * and its segments would be sent forever.
 */
import type { Core } from '../../state/core.ts'
import { SegmentMark, segmentRecord } from '../../state/sent-segment.ts'

const offsetEnd = segmentRecord.offsets.end
const offsetMarks = segmentRecord.offsets.marks
const offsetNext = segmentRecord.offsets.next
const offsetPrevious = segmentRecord.offsets.previous
const offsetSentAt = segmentRecord.offsets.sentAt

/** Points the segment cursor at the entry with this counter; returns its ring slot. */
export function selectEntry(core: Core, counter: number): number {
  const slot = counter & (core.config.segmentCount - 1)
  core.segment.at = core.ring + slot * segmentRecord.words
  return slot
}

/** Points the segment cursor at ring slot `link - 1`. */
export function selectLink(core: Core, link: number): void {
  core.segment.at = entryAt(core, link)
}

export function ringIsEmpty(core: Core): boolean {
  return core.tcb.ringHead === core.tcb.ringTail
}

export function ringIsFull(core: Core): boolean {
  return roomInRing(core) <= 0
}

/** Entries for which there is room. */
export function roomInRing({ tcb, config }: Core): number {
  return (config.segmentCount - (tcb.ringTail - tcb.ringHead)) | 0
}

/** A segment was sent for the first time: a new entry, in flight. */
export function appendEntry(core: Core, start: number, end: number, marks: number): void {
  const { tcb, segment, now } = core
  verify(!ringIsFull(core), 'a segment beyond the end of the ring')
  const slot = selectEntry(core, tcb.ringTail)
  segment.start = start
  segment.end = end
  segment.sentAt = now
  segment.marks = marks
  tcb.ringTail = (tcb.ringTail + 1) | 0
  tcb.pipe = (tcb.pipe + end - start) | 0
  appendToTimeList(core, slot + 1)
}

/** The selected entry was sent again: in flight, last in order of time. */
export function markRetransmitted(core: Core): void {
  const { tcb, segment, now } = core
  const link = selectedLink(core)
  verify((segment.marks & SegmentMark.sacked) === 0, 'a segment that the peer holds is sent again')
  if ((segment.marks & SegmentMark.lost) !== 0) {
    unlinkLost(core, link)
    tcb.pipe = (tcb.pipe + segment.end - segment.start) | 0
  } else {
    unlinkTime(core, link)
  }
  segment.marks = (segment.marks & ~SegmentMark.lost) | SegmentMark.retransmitted
  segment.sentAt = now
  appendToTimeList(core, link)
}

/** The selected entry, in flight or taken back by the peer, is deemed lost. */
export function markLost(core: Core): void {
  const { tcb, segment } = core
  const link = selectedLink(core)
  const length = (segment.end - segment.start) | 0
  verify((segment.marks & SegmentMark.lost) === 0, 'a segment is lost twice')
  if ((segment.marks & SegmentMark.sacked) !== 0) {
    tcb.sackedBytes = (tcb.sackedBytes - length) | 0
  } else {
    unlinkTime(core, link)
    tcb.pipe = (tcb.pipe - length) | 0
  }
  segment.marks = (segment.marks & ~SegmentMark.sacked) | SegmentMark.lost
  core.newlyLost = 1
  appendToLostList(core, link)
}

/**
 * Puts the selected entry, lost until now, back in flight: in the time list after link `before`, first if that is 0.
 */
export function unmarkLost(core: Core, before: number): void {
  const { tcb, segment } = core
  const link = selectedLink(core)
  unlinkLost(core, link)
  tcb.pipe = (tcb.pipe + segment.end - segment.start) | 0
  segment.marks &= ~SegmentMark.lost
  insertInTimeList(core, link, before)
}

/**
 * The link in the time list after which a segment sent at `sentAt` belongs; 0: before all. The search begins after
 * `from`.
 */
export function placeInTime(core: Core, from: number, sentAt: number): number {
  const { state, tcb } = core
  let place = from
  for (;;) {
    const next = place === 0 ? tcb.timeHead : (state[entryAt(core, place) + offsetNext] as number)
    if (next === 0 || (((state[entryAt(core, next) + offsetSentAt] as number) - sentAt) | 0) > 0) return place
    place = next
  }
}

/** The selected entry, not sacked until now, is held by the peer. */
export function markSacked(core: Core): void {
  const { tcb, segment } = core
  verify((segment.marks & SegmentMark.sacked) === 0, 'a segment is sacked twice')
  leaveLists(core)
  segment.marks = (segment.marks & ~SegmentMark.lost) | SegmentMark.sacked
  tcb.sackedBytes = (tcb.sackedBytes + segment.end - segment.start) | 0
}

/** The selected entry is acknowledged as a whole: it is the oldest, and leaves the ring. */
export function removeHead(core: Core): void {
  const { tcb, segment } = core
  verify(!ringIsEmpty(core) && headIsSelected(core), 'another segment than the oldest leaves the ring')
  if ((segment.marks & SegmentMark.sacked) !== 0) {
    tcb.sackedBytes = (tcb.sackedBytes - (segment.end - segment.start)) | 0
  } else {
    leaveLists(core)
  }
  tcb.ringHead = (tcb.ringHead + 1) | 0
}

/**
 * Moves the selection from the oldest entry to the last of those behind it that were sent with it, once, and end at
 * `acknowledgment` at the latest: segments of a super-frame. Returns how many entries that is from the oldest on, 1 if only
 * itself. They follow each other in the time list, too.
 */
export function extendSelection(core: Core, acknowledgment: number): number {
  const { tcb, segment, state, ring } = core
  const mask = core.config.segmentCount - 1
  const inRing = (tcb.ringTail - tcb.ringHead) | 0
  const { sentAt } = segment
  let slot = tcb.ringHead & mask
  let at = segment.at
  if (tcb.timeHead !== slot + 1) return 1
  let count = 1
  while (count < inRing) {
    slot = (slot + 1) & mask
    if (state[at + offsetNext] !== slot + 1) break
    const next = ring + slot * segmentRecord.words
    if (state[next + offsetSentAt] !== sentAt || state[next + offsetMarks] !== 0) break
    if ((((state[next + offsetEnd] as number) - acknowledgment) | 0) > 0) break
    at = next
    count += 1
  }
  segment.at = at
  return count
}

/** The `count` oldest entries, of which the last is selected by `extendSelection`, leave the ring; `start`: where they begin. */
export function removeSelection(core: Core, count: number, start: number): void {
  const { tcb, segment, state } = core
  const oldest = (tcb.ringHead & (core.config.segmentCount - 1)) + 1
  verify(tcb.timeHead === oldest && segment.marks === 0, 'other segments than the oldest leave the ring')
  const { next } = segment
  tcb.timeHead = next
  if (next === 0) tcb.timeTail = 0
  else state[entryAt(core, next) + offsetPrevious] = 0
  tcb.pipe = (tcb.pipe - (segment.end - start)) | 0
  tcb.ringHead = (tcb.ringHead + count) | 0
}

/** The oldest entry is acknowledged up to `start`, short of its end. */
export function trimHead(core: Core, start: number): void {
  const { tcb, segment } = core
  verify(!ringIsEmpty(core) && headIsSelected(core), 'another segment than the oldest is trimmed')
  const trimmed = (start - segment.start) | 0
  segment.start = start
  if ((segment.marks & SegmentMark.sacked) !== 0) tcb.sackedBytes = (tcb.sackedBytes - trimmed) | 0
  else if ((segment.marks & SegmentMark.lost) === 0) tcb.pipe = (tcb.pipe - trimmed) | 0
}

/** Counter of the first entry that ends after `sequence`; ringTail if there is none. */
export function findEntry(core: Core, sequence: number): number {
  const { tcb, segment } = core
  const head = tcb.ringHead
  let low = 0
  let high = (tcb.ringTail - head) | 0
  while (low < high) {
    const middle = (low + high) >>> 1
    selectEntry(core, (head + middle) | 0)
    if (((segment.end - sequence) | 0) > 0) high = middle
    else low = middle + 1
  }
  return (head + low) | 0
}

/** Forgets every entry. */
export function clearRing(core: Core): void {
  const { tcb } = core
  tcb.ringHead = tcb.ringTail
  tcb.timeHead = 0
  tcb.timeTail = 0
  tcb.lostHead = 0
  tcb.lostTail = 0
  tcb.pipe = 0
  tcb.sackedBytes = 0
}

function leaveLists(core: Core): void {
  const { tcb, segment } = core
  const link = selectedLink(core)
  if ((segment.marks & SegmentMark.lost) !== 0) {
    unlinkLost(core, link)
    return
  }
  unlinkTime(core, link)
  tcb.pipe = (tcb.pipe - (segment.end - segment.start)) | 0
}

function selectedLink(core: Core): number {
  return (((core.segment.at - core.ring) / segmentRecord.words) | 0) + 1
}

function appendToTimeList(core: Core, link: number): void {
  insertInTimeList(core, link, core.tcb.timeTail)
}

function insertInTimeList(core: Core, link: number, before: number): void {
  const { tcb, segment, state } = core
  const after = before === 0 ? tcb.timeHead : (state[entryAt(core, before) + offsetNext] as number)
  segment.previous = before
  segment.next = after
  if (before === 0) tcb.timeHead = link
  else state[entryAt(core, before) + offsetNext] = link
  if (after === 0) tcb.timeTail = link
  else state[entryAt(core, after) + offsetPrevious] = link
}

function appendToLostList(core: Core, link: number): void {
  const { tcb, segment, state } = core
  segment.previous = tcb.lostTail
  segment.next = 0
  if (tcb.lostTail === 0) tcb.lostHead = link
  else state[entryAt(core, tcb.lostTail) + offsetNext] = link
  tcb.lostTail = link
}

function unlinkTime(core: Core, link: number): void {
  const { tcb, segment } = core
  unlink(core, link, tcb.timeHead, tcb.timeTail)
  if (tcb.timeHead === link) tcb.timeHead = segment.next
  if (tcb.timeTail === link) tcb.timeTail = segment.previous
}

function unlinkLost(core: Core, link: number): void {
  const { tcb, segment } = core
  verify((segment.marks & SegmentMark.lost) !== 0, 'a segment that is not lost is no longer lost')
  unlink(core, link, tcb.lostHead, tcb.lostTail)
  if (tcb.lostHead === link) tcb.lostHead = segment.next
  if (tcb.lostTail === link) tcb.lostTail = segment.previous
}

/** Closes the gap that the selected entry leaves in the list from `head` to `tail`, which must hold it. */
function unlink(core: Core, link: number, head: number, tail: number): void {
  const { state, segment } = core
  const { next, previous } = segment
  const before = entryAt(core, previous) + offsetNext
  const after = entryAt(core, next) + offsetPrevious
  verify((previous === 0 ? head : state[before]) === link, 'a segment is in no list, or in another')
  verify((next === 0 ? tail : state[after]) === link, 'a segment is in no list, or in another')
  if (previous !== 0) state[before] = next
  if (next !== 0) state[after] = previous
}

/** Word offset of the entry that a link names. */
function entryAt(core: Core, link: number): number {
  return core.ring + (link - 1) * segmentRecord.words
}

function headIsSelected(core: Core): boolean {
  const slot = core.tcb.ringHead & (core.config.segmentCount - 1)
  return core.segment.at === core.ring + slot * segmentRecord.words
}

/** Throws for a defect of this code; no peer can cause one. The message is a constant, so that nothing is allocated. */
function verify(holds: boolean, violation: string): void {
  if (!holds) throw new Error(`scoreboard: ${violation}`)
}
