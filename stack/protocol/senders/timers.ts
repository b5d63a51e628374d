/**
 * When senders have to be woken: a binary heap in the state, the earliest deadline on top.
 *
 *   place   0 │ 1   2 │ 3   4   5   6 │ …      below place p are 2p + 1 and 2p + 2
 *
 * A sender has one deadline in the heap, however many timers it has: a lower bound of all of them. Arming a timer
 * later than this bound leaves the heap as it is; each ACK does so with the retransmission timer. If a sender comes
 * up before any of its timers is due, its kind arms it again. So firing costs O(log n) for each sender that comes up,
 * and no other sender is looked at.
 *
 * Times wrap. A deadline is at most 17.9 minutes ahead when it is armed, and after a gap of that length everything in
 * the heap is made due (see `ageing.ts`). So any two deadlines are less than 35.8 minutes apart, and the sign of
 * their difference orders them.
 *
 * Invariants: no deadline is before that of the place above; a sender's `place` is where it is, + 1; words of places
 * that are not in use are 0.
 */
import { type Core, senderAt } from '../state/core.ts'
import { senderRecord } from '../state/sender.ts'
import { rangeOf } from './kind.ts'

const { deadline: deadlineOffset, place: placeOffset } = senderRecord.offsets

/** Makes sure that `sender` is fired no later than `deadline`, which is at most `maximumGapMicros` (config.ts) away. */
export function armSender(core: Core, sender: number, deadline: number): void {
  const { state } = core
  const at = senderAt(core, sender)
  const isEarlyEnough = ((deadline - (state[at + deadlineOffset] as number)) | 0) >= 0
  if (isEarlyEnough && state[at + placeOffset] !== 0) return
  state[at + deadlineOffset] = deadline
  enter(core, sender)
}

/** `sender` has no timers any more. */
export function disarmSender(core: Core, sender: number): void {
  const { state, globals, layout } = core
  const at = senderAt(core, sender)
  const place = (state[at + placeOffset] as number) - 1
  if (place < 0) return
  state[at + placeOffset] = 0
  const last = globals.timedSenders - 1
  const moved = state[layout.timers + last] as number
  state[layout.timers + last] = 0
  globals.timedSenders = last
  if (place === last) return
  const above = (place - 1) >> 1
  if (place > 0 && isEarlier(core, moved, state[layout.timers + above] as number)) moveUp(core, place, moved)
  else moveDown(core, place, moved)
}

/** Whether the deadline of a sender has come: one of its timers is due, or may be. */
export function isAnyDue(core: Core): boolean {
  return core.globals.timedSenders !== 0 && ((earliestDeadline(core) - core.now) | 0) <= 0
}

/** The earliest deadline: no timer is due before it. Meaningless if the heap is empty. */
export function earliestDeadline(core: Core): number {
  const { state, layout } = core
  return state[senderAt(core, (state[layout.timers] as number) - 1) + deadlineOffset] as number
}

/**
 * Fires the senders that are due; each then arms its next deadline, later than now. If one arms a time that is past,
 * the loop still ends, after as many firings as the heap had senders. That deadline is fired with the next request,
 * which `microsUntilDeadline` asks for at once.
 */
export function fireTimers(core: Core): void {
  const { state, layout, kinds, globals } = core
  for (let left = globals.timedSenders; left > 0 && isAnyDue(core); left -= 1) {
    const sender = (state[layout.timers] as number) - 1
    const { kind, first } = rangeOf(kinds, sender)
    disarmSender(core, sender)
    kind.fire(core, sender - first)
  }
}

/** Makes every sender in the heap due now. All deadlines are then equal, so any order is a valid heap. */
export function makeAllDue(core: Core): void {
  const { state, globals, layout, now } = core
  for (let place = 0; place < globals.timedSenders; place += 1) {
    state[senderAt(core, (state[layout.timers + place] as number) - 1) + deadlineOffset] = now
  }
}

/**
 * Puts `sender` into the heap if it is not there, and moves it up as far as its deadline, which has not become later,
 * requires.
 */
function enter(core: Core, sender: number): void {
  const { state, globals } = core
  let place = (state[senderAt(core, sender) + placeOffset] as number) - 1
  if (place < 0) {
    place = globals.timedSenders
    globals.timedSenders = place + 1
  }
  moveUp(core, place, sender + 1)
}

/** Puts `link` (sender + 1) at `place`, which is free, or further up. */
function moveUp(core: Core, place: number, link: number): void {
  const { state, layout } = core
  let free = place
  while (free > 0) {
    const above = (free - 1) >> 1
    const other = state[layout.timers + above] as number
    if (!isEarlier(core, link, other)) break
    put(core, free, other)
    free = above
  }
  put(core, free, link)
}

/** Puts `link` (sender + 1) at `place`, which is free, or further down. */
function moveDown(core: Core, place: number, link: number): void {
  const { state, layout, globals } = core
  let free = place
  for (let below = 2 * free + 1; below < globals.timedSenders; below = 2 * free + 1) {
    let other = state[layout.timers + below] as number
    if (below + 1 < globals.timedSenders) {
      const beside = state[layout.timers + below + 1] as number
      if (isEarlier(core, beside, other)) {
        other = beside
        below += 1
      }
    }
    if (!isEarlier(core, other, link)) break
    put(core, free, other)
    free = below
  }
  put(core, free, link)
}

function put(core: Core, place: number, link: number): void {
  const { state, layout } = core
  state[layout.timers + place] = link
  state[senderAt(core, link - 1) + placeOffset] = place + 1
}

function isEarlier(core: Core, link: number, other: number): boolean {
  const { state } = core
  const deadline = state[senderAt(core, link - 1) + deadlineOffset] as number
  return ((deadline - (state[senderAt(core, other - 1) + deadlineOffset] as number)) | 0) < 0
}
