/**
 * SACK blocks that arrive (RFC 2018 section 5, RFC 2883, RFC 6675): the scoreboard's entries that a block covers are
 * marked. Successive ACKs repeat the same blocks, only longer. So the parts already applied are remembered and
 * skipped, and the cost is that of the newly covered segments.
 */
import { HeaderWord } from '../../../wire/header.ts'
import { type Core, header } from '../../state/core.ts'
import { SegmentMark } from '../../state/sent-segment.ts'
import { sackCacheSize, TcbFlag } from '../../state/tcb.ts'
import { deliverSegment } from '../delivery.ts'
import { earlier, isAfter, isBefore, later } from '../sequence.ts'
import { widenReorderingWindow } from './rack.ts'
import { findEntry, markSacked, selectEntry } from './scoreboard.ts'

const blockLimit = 4

export function processSackBlocks(core: Core, acknowledgment: number): void {
  const { tcb } = core
  const count = Math.min(blockLimit, header(core, HeaderWord.sackCount))
  let index = isDuplicateReport(core, acknowledgment, count) ? 1 : 0
  if (index === 1) takeDuplicateReport(core)
  for (; index < count; index += 1) {
    const left = leftEdge(core, index)
    const right = rightEdge(core, index)
    // A block that is empty, old or beyond what was sent is ignored.
    if (!isBefore(left, right) || isAfter(right, tcb.sndMax) || !isAfter(right, tcb.sndUna)) continue
    // SND.NXT went back where the path's MTU fell. What lies beyond is no entry yet, so it cannot count as applied: once it is
    // sent again, a block that says the same would be skipped.
    const end = earlier(right, tcb.sndNxt)
    if (isBefore(left, end)) applyBlock(core, later(left, tcb.sndUna), end)
  }
}

/** Forgets which blocks were applied: the marks were taken back, or nothing is marked. */
export function clearSackCache(core: Core): void {
  const { tcb, state } = core
  for (let word = 0; word < 2 * sackCacheSize; word += 1) state[tcb.sackCache + word] = 0
  tcb.sackCacheNext = 0
}

/** RFC 2883 section 4: the first block lies below the cumulative ACK, or within the second block. */
function isDuplicateReport(core: Core, acknowledgment: number, count: number): boolean {
  if (count === 0) return false
  const left = leftEdge(core, 0)
  const right = rightEdge(core, 0)
  if (!isBefore(left, right)) return false
  if (!isAfter(right, acknowledgment)) return true
  return count > 1 && !isBefore(left, leftEdge(core, 1)) && !isAfter(right, rightEdge(core, 1))
}

function takeDuplicateReport(core: Core): void {
  const { tcb, globals } = core
  globals.dsacksIn = (globals.dsacksIn + 1) | 0
  core.dsackSeen = 1
  core.dsackLeft = leftEdge(core, 0)
  core.dsackRight = rightEdge(core, 0)
  widenReorderingWindow(core)
  // RFC 3708: each report accounts for one superfluous retransmission.
  if ((tcb.flags & TcbFlag.undoPossible) !== 0 && isAfter(core.dsackRight, tcb.undoMarker)) {
    if (tcb.undoRetransmits > 0) tcb.undoRetransmits -= 1
  }
}

function applyBlock(core: Core, left: number, right: number): void {
  const { tcb, state } = core
  for (let pair = 0; pair < sackCacheSize; pair += 1) {
    const at = tcb.sackCache + 2 * pair
    const knownLeft = state[at] as number
    const knownRight = state[at + 1] as number
    // A block below SND.UNA is acknowledged. It is emptied here, because its sequence numbers will come again.
    if (!isAfter(knownRight, tcb.sndUna)) state[at] = knownRight
    if (knownLeft === knownRight || isAfter(left, knownRight) || isBefore(right, knownLeft)) continue
    const unionLeft = earlier(left, knownLeft)
    const unionRight = later(right, knownRight)
    state[at] = unionLeft
    state[at + 1] = unionRight
    if (unionLeft !== knownLeft) markRange(core, unionLeft, unionRight, unionLeft, knownLeft)
    if (unionRight !== knownRight) markRange(core, unionLeft, unionRight, knownRight, unionRight)
    return
  }
  const pair = tcb.sackCacheNext % sackCacheSize
  const at = tcb.sackCache + 2 * pair
  state[at] = left
  state[at + 1] = right
  tcb.sackCacheNext = pair + 1
  markRange(core, left, right, left, right)
}

/** Marks the entries that lie wholly within [left, right), among those that reach into [from, to). */
function markRange(core: Core, left: number, right: number, from: number, to: number): void {
  const { tcb, segment } = core
  for (let counter = findEntry(core, from); counter !== tcb.ringTail; counter = (counter + 1) | 0) {
    selectEntry(core, counter)
    if (!isBefore(segment.start, to) || isAfter(segment.end, right)) return
    if (isBefore(segment.start, left) || (segment.marks & SegmentMark.sacked) !== 0) continue
    deliverSegment(core)
    markSacked(core)
  }
}

function leftEdge(core: Core, index: number): number {
  return header(core, HeaderWord.sackBlocks + 2 * index)
}

function rightEdge(core: Core, index: number): number {
  return header(core, HeaderWord.sackBlocks + 2 * index + 1)
}
