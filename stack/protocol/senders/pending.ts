/**
 * The list of senders that may have something to emit, first come, first served.
 *
 * Invariant: whoever has something to emit after a request was drained is in the list; what is left when the queue
 * filled is emitted by the same senders in the same order, on every replica.
 */
import type { Core } from '../state/core.ts'
import { senderRecord } from '../state/sender.ts'
import { rangeOf } from './kind.ts'

const { isPending: isPendingOffset, nextPending: nextPendingOffset } = senderRecord.offsets

/** Puts `sender` at the end of the list if it is not in it. */
export function scheduleSender(core: Core, sender: number): void {
  const { globals, state, layout } = core
  const at = layout.senders + sender * senderRecord.words
  if (state[at + isPendingOffset] !== 0) return
  state[at + isPendingOffset] = 1
  const link = sender + 1
  const tail = globals.pendingTail
  if (tail === 0) globals.pendingHead = link
  else state[layout.senders + (tail - 1) * senderRecord.words + nextPendingOffset] = link
  globals.pendingTail = link
}

export function isPending(core: Core, sender: number): boolean {
  return core.state[core.layout.senders + sender * senderRecord.words + isPendingOffset] !== 0
}

/** Has the senders emit, one after the other, until all are done or the queue is full. */
export function drain(core: Core): void {
  const { globals, kinds } = core
  while (globals.pendingHead !== 0) {
    const sender = globals.pendingHead - 1
    const { kind, first } = rangeOf(kinds, sender)
    if (!kind.flush(core, sender - first)) return
    takeHead(core)
  }
}

function takeHead(core: Core): void {
  const { globals, state, layout } = core
  const at = layout.senders + (globals.pendingHead - 1) * senderRecord.words
  const next = state[at + nextPendingOffset] as number
  state[at + isPendingOffset] = 0
  state[at + nextPendingOffset] = 0
  globals.pendingHead = next
  if (next === 0) globals.pendingTail = 0
}
