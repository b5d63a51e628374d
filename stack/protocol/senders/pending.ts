/**
 * The list of senders that may have something to emit, first come, first served.
 *
 * Invariant: a sender that still has something to emit after `drain` is in the list. So what did not fit the queue is
 * later emitted by the same senders in the same order, on every replica.
 */
import { type Core, senderAt } from '../state/core.ts'
import { senderRecord } from '../state/sender.ts'
import { rangeOf } from './kind.ts'

const { isPending: isPendingOffset, nextPending: nextPendingOffset } = senderRecord.offsets

/** Puts `sender` at the end of the list if it is not in it. */
export function scheduleSender(core: Core, sender: number): void {
  const { globals, state } = core
  const at = senderAt(core, sender)
  if (state[at + isPendingOffset] !== 0) return
  state[at + isPendingOffset] = 1
  if (globals.pendingHead === 0) globals.pendingHead = sender + 1
  else state[senderAt(core, globals.pendingTail - 1) + nextPendingOffset] = sender + 1
  globals.pendingTail = sender + 1
}

export function isPending(core: Core, sender: number): boolean {
  return core.state[senderAt(core, sender) + isPendingOffset] !== 0
}

/** Has the senders emit, one after the other, until all are done or the queue is full. */
export function drain(core: Core): void {
  const { globals, kinds, state } = core
  while (globals.pendingHead !== 0) {
    const sender = globals.pendingHead - 1
    const { kind, first } = rangeOf(kinds, sender)
    if (!kind.flush(core, sender - first)) return
    const at = senderAt(core, sender)
    globals.pendingHead = state[at + nextPendingOffset] as number
    state[at + isPendingOffset] = 0
    state[at + nextPendingOffset] = 0
  }
}
