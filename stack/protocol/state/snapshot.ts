/** Copies of a replica's state, from which another replica goes on, in as few words as possible. */
import { type Core, selectConnection } from './core.ts'
import { globalRecord } from './globals.ts'
import { senderRecord } from './sender.ts'
import { segmentRecord } from './sent-segment.ts'
import { neighborRecord } from './tables.ts'
import { State, tcbRecord } from './tcb.ts'

/**
 * Copies the live words to the same places of `target`, which is as long as the state. Of the segment rings, by far
 * the largest part, only the entries in flight are copied; no other entry is read before it is written. Of
 * connections and neighbors, only those below the highest index ever used are copied. If `target` was ahead when its
 * thread ended, it holds more: these entries are cleared, because the next connection there takes its generation from
 * its entry.
 */
export function copyLive(core: Core, target: Int32Array): void {
  const { state, layout, globals, tcb } = core
  const { connectionsHigh, neighborsHigh } = globals
  const connectionsThere = target[layout.globals + globalRecord.offsets.connectionsHigh] as number
  const neighborsThere = target[layout.globals + globalRecord.offsets.neighborsHigh] as number
  const timedThere = target[layout.globals + globalRecord.offsets.timedSenders] as number
  copyWords(state, target, layout.globals, layout.neighbors)
  copyUsed(state, target, layout.neighbors, neighborRecord.words, neighborsHigh, neighborsThere)
  copyWords(state, target, layout.listeners, layout.senders)
  copyUsed(state, target, layout.senders, senderRecord.words, connectionsHigh, connectionsThere)
  const neighborSenders = layout.senders + layout.firstSender.neighbor * senderRecord.words
  copyUsed(state, target, neighborSenders, senderRecord.words, neighborsHigh, neighborsThere)
  copyWords(state, target, neighborSenders + core.neighborLimit * senderRecord.words, layout.timers)
  copyUsed(state, target, layout.timers, 1, globals.timedSenders, timedThere)
  copyUsed(state, target, layout.connections, tcbRecord.words, connectionsHigh, connectionsThere)
  for (let index = 0; index < globals.connectionsHigh; index += 1) {
    selectConnection(core, index)
    if (tcb.state !== State.closed) copyRing(core, target)
  }
}

/** The first `used` records of the table at `from`, each of `words`; clears the others of the first `there`. */
function copyUsed(
  state: Int32Array,
  target: Int32Array,
  from: number,
  words: number,
  used: number,
  there: number,
): void {
  const end = from + used * words
  copyWords(state, target, from, end)
  if (there > used) target.fill(0, end, from + there * words)
}

function copyWords(state: Int32Array, target: Int32Array, from: number, end: number): void {
  for (let at = from; at < end; at += 1) target[at] = state[at] as number
}

/** The entries from ringHead to ringTail, which may wrap around the end of the ring. */
function copyRing(core: Core, target: Int32Array): void {
  const { state, tcb, ring, config } = core
  const words = segmentRecord.words
  for (let counter = tcb.ringHead; counter !== tcb.ringTail; counter = (counter + 1) | 0) {
    const from = ring + (counter & (config.segmentCount - 1)) * words
    for (let at = from; at < from + words; at += 1) target[at] = state[at] as number
  }
}
