/**
 * Segment text (RFC 9293 section 3.10.7.4, "Seventh, process the segment text"): whatever is new is
 * delivered at once, in order or not; what was received beyond RCV.NXT is remembered as ranges.
 *
 *        RCV.NXT          range              range           rcvEdge
 *   ────────┼───────────────████───────────────██████───────────┼────
 *           │   hole 1     │    │   hole 2     │      │
 *
 * Invariants: ranges are disjoint, not adjacent, beyond RCV.NXT and within the window; the most recently
 * changed comes first (RFC 2018 section 4). No byte is delivered twice.
 */
import { HeaderWord } from '../../../wire/header.ts'
import { Action, Upcall, UpcallWord } from '../../actions.ts'
import { type Core, header } from '../../state/core.ts'
import { emitUpcall } from '../../state/emit.ts'
import { rangeLimit, TcbFlag } from '../../state/tcb.ts'
import { connectionId } from '../connections.ts'
import { advanceRcvNxt, receivePosition, receivePositionHigh } from '../positions.ts'
import { earlier, isBelowUnsigned } from '../sequence.ts'
import { flushUpcalls } from '../upcalls.ts'

/**
 * Takes the payload of the frame at hand, which lies at [start, end) within the window and begins `skip` bytes into
 * the frame's payload. Returns whether it began at RCV.NXT while no range was held.
 */
export function assemble(core: Core, start: number, end: number, skip: number): boolean {
  const { tcb, globals } = core
  // Upcalls raised earlier in this request come first.
  flushUpcalls(core)
  const inOrder = start === tcb.rcvNxt && tcb.rangeCount === 0
  if (((start - tcb.rcvNxt) | 0) > 0) globals.outOfOrderIn = (globals.outOfOrderIn + 1) | 0
  let at = start
  while (((end - at) | 0) > 0) {
    if (((at - tcb.rcvNxt) | 0) < 0) {
      // The piece before filled a gap, and RCV.NXT went on past a range that this segment covers too.
      reportDuplicate(core, at, earlier(tcb.rcvNxt, end))
      at = tcb.rcvNxt
      continue
    }
    const held = rangeHolding(core, at)
    if (held >= 0) {
      const right = rightEdge(core, held)
      reportDuplicate(core, at, earlier(right, end))
      // Most recent first: the range that this segment fell into is named first.
      moveToFront(core, held)
      at = right
      continue
    }
    const next = nextLeftEdge(core, at, end)
    if (!addPiece(core, at, next)) {
      globals.rangesExhausted = (globals.rangesExhausted + 1) | 0
      return false
    }
    deliver(core, at, next, skip + ((at - start) | 0))
    at = next
  }
  return inOrder
}

/** Remembers the first duplicate of a request for the next SACK option (RFC 2883 section 4). */
export function reportDuplicate(core: Core, left: number, right: number): void {
  const { tcb } = core
  if ((tcb.flags & TcbFlag.sack) === 0 || (tcb.flags & TcbFlag.dsackPending) !== 0) return
  tcb.flags |= TcbFlag.dsackPending
  tcb.dsackLeft = left
  tcb.dsackRight = right
}

/** Emits the copy of one piece. Its upcall tells up to where the stream is complete once the copy is done. */
function deliver(core: Core, start: number, end: number, skip: number): void {
  const { tcb } = core
  const readable = receivePosition(core, tcb.rcvNxt)
  const at = emitUpcall(core, Action.deliver, Upcall.readable, connectionId(core))
  const { words } = core.actions
  words[at + UpcallWord.position] = readable
  // RCV.NXT may have passed the piece already, so the high word is found from the piece's distance to it.
  const low = receivePosition(core, start)
  const passed = ((start - tcb.rcvNxt) | 0) < 0
  const borrow = passed && isBelowUnsigned(readable, low) ? 1 : 0
  words[at + UpcallWord.payloadOffset] = header(core, HeaderWord.payloadOffset) + skip
  words[at + UpcallWord.payloadLength] = (end - start) | 0
  words[at + UpcallWord.positionLow] = low
  words[at + UpcallWord.positionHigh] = passed
    ? (tcb.rcvPositionHigh - borrow) | 0
    : receivePositionHigh(core, start)
  words[at + UpcallWord.connectionIndex] = core.connection
}

/**
 * Adds [start, end), none of which was held before: advances RCV.NXT if it can, else adds to the ranges. False if
 * that needs one range too many.
 */
function addPiece(core: Core, start: number, end: number): boolean {
  const { tcb } = core
  if (start === tcb.rcvNxt) {
    let next = end
    const joined = rangeStartingAt(core, end)
    if (joined >= 0) {
      next = rightEdge(core, joined)
      removeRange(core, joined)
    }
    advanceRcvNxt(core, next)
    return true
  }
  let left = start
  let right = end
  const before = rangeEndingAt(core, start)
  const after = rangeStartingAt(core, end)
  if (before < 0 && after < 0 && tcb.rangeCount === rangeLimit) return false
  if (before >= 0) left = leftEdge(core, before)
  if (after >= 0) right = rightEdge(core, after)
  if (before >= 0 && after >= 0) {
    removeRange(core, Math.max(before, after))
    removeRange(core, Math.min(before, after))
  } else if (before >= 0) {
    removeRange(core, before)
  } else if (after >= 0) {
    removeRange(core, after)
  }
  insertFirst(core, left, right)
  return true
}

function leftEdge(core: Core, index: number): number {
  return core.state[core.tcb.ranges + 2 * index] as number
}

function rightEdge(core: Core, index: number): number {
  return core.state[core.tcb.ranges + 2 * index + 1] as number
}

function rangeHolding(core: Core, sequence: number): number {
  const { rangeCount } = core.tcb
  for (let index = 0; index < rangeCount; index += 1) {
    if (((sequence - leftEdge(core, index)) | 0) < 0) continue
    if (((sequence - rightEdge(core, index)) | 0) < 0) return index
  }
  return -1
}

function rangeStartingAt(core: Core, sequence: number): number {
  const { rangeCount } = core.tcb
  for (let index = 0; index < rangeCount; index += 1) if (leftEdge(core, index) === sequence) return index
  return -1
}

function rangeEndingAt(core: Core, sequence: number): number {
  const { rangeCount } = core.tcb
  for (let index = 0; index < rangeCount; index += 1) if (rightEdge(core, index) === sequence) return index
  return -1
}

/** The first left edge after `sequence` and before `end`, else `end`. */
function nextLeftEdge(core: Core, sequence: number, end: number): number {
  const { rangeCount } = core.tcb
  let nearest = end
  for (let index = 0; index < rangeCount; index += 1) {
    const left = leftEdge(core, index)
    if (((left - sequence) | 0) > 0 && ((left - nearest) | 0) < 0) nearest = left
  }
  return nearest
}

function removeRange(core: Core, index: number): void {
  const { tcb, state } = core
  state.copyWithin(tcb.ranges + 2 * index, tcb.ranges + 2 * index + 2, tcb.ranges + 2 * tcb.rangeCount)
  tcb.rangeCount -= 1
}

function insertFirst(core: Core, left: number, right: number): void {
  const { tcb, state } = core
  state.copyWithin(tcb.ranges + 2, tcb.ranges, tcb.ranges + 2 * tcb.rangeCount)
  tcb.rangeCount += 1
  state[tcb.ranges] = left
  state[tcb.ranges + 1] = right
}

function moveToFront(core: Core, index: number): void {
  if (index === 0) return
  const left = leftEdge(core, index)
  const right = rightEdge(core, index)
  removeRange(core, index)
  insertFirst(core, left, right)
}
