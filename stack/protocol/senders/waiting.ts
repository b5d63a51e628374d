/**
 * The senders that wait for a neighbor's ARP answer: each neighbor has a list of them, first come, first served. When
 * its address is learned, or no answer comes, exactly the senders in the list are told. The cost does not depend on
 * how many other senders there are.
 *
 *   neighbor.waitHead ──► sender ◄──► sender ◄──► sender ◄── neighbor.waitTail
 *
 * Invariant: a sender is in the list of the neighbor to which it refers, or in none; only an incomplete neighbor, one
 * that is being asked for, has anybody in its list.
 */
import { type Core, selectSender, senderAt } from '../state/core.ts'
import { senderRecord } from '../state/sender.ts'
import { rangeOf } from './kind.ts'

const { nextWaiting: nextOffset, previousWaiting: previousOffset } = senderRecord.offsets

/** `sender` waits for the selected neighbor, to which it refers; once in the list, it keeps its place. */
export function startWaiting(core: Core, sender: number): void {
  const { sender: record, neighbor, state } = core
  selectSender(core, sender)
  if (record.isWaiting !== 0) return
  const link = sender + 1
  const tail = neighbor.waitTail
  record.isWaiting = 1
  record.previousWaiting = tail
  if (tail === 0) neighbor.waitHead = link
  else state[senderAt(core, tail - 1) + nextOffset] = link
  neighbor.waitTail = link
}

/**
 * Takes the selected sender off the list of the selected neighbor, to which it refers; does nothing if it is not in
 * it.
 */
export function stopWaiting(core: Core): void {
  const { sender, neighbor, state } = core
  if (sender.isWaiting === 0) return
  const { nextWaiting: after, previousWaiting: before } = sender
  if (before === 0) neighbor.waitHead = after
  else state[senderAt(core, before - 1) + nextOffset] = after
  if (after === 0) neighbor.waitTail = before
  else state[senderAt(core, after - 1) + previousOffset] = before
  sender.isWaiting = 0
  sender.nextWaiting = 0
  sender.previousWaiting = 0
}

/** The selected neighbor has answered: empties its list and tells each sender that was in it. */
export function tellResolved(core: Core): void {
  const { neighbor } = core
  const { at: entry } = neighbor
  for (let sender = takeFirst(core); sender >= 0; sender = takeFirst(core)) {
    const { kind, first } = rangeOf(core.kinds, sender)
    kind.resolved(core, sender - first)
    neighbor.at = entry
  }
}

/** The selected neighbor does not answer: empties its list and tells each sender that was in it. */
export function tellUnreachable(core: Core): void {
  const { neighbor } = core
  const { at: entry } = neighbor
  for (let sender = takeFirst(core); sender >= 0; sender = takeFirst(core)) {
    const { kind, first } = rangeOf(core.kinds, sender)
    kind.unreachable(core, sender - first)
    neighbor.at = entry
  }
}

/** Takes the first off the selected neighbor's list; -1 if there is none. */
function takeFirst(core: Core): number {
  const sender = core.neighbor.waitHead - 1
  if (sender < 0) return -1
  selectSender(core, sender)
  stopWaiting(core)
  return sender
}
