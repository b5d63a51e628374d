/** Copies of a replica's state, for whoever has to go on from it: as few words as that takes. */
import { type Core, selectConnection } from './core.ts'
import { globalRecord } from './globals.ts'
import { segmentRecord } from './segment.ts'
import { State, tcbRecord } from './tcb.ts'

/**
 * Copies what is live to the same places of `target`, which is as long as the state. Of the segment rings, by far the
 * largest part, that is what is in flight; what else `target` holds there is never read. Of the connections, those below
 * the highest index that was ever used; what `target` holds beyond it, if it was ahead when its thread ended, is cleared: the
 * next connection there takes its generation from it.
 */
export function copyLive(core: Core, target: Int32Array): void {
  const { state, layout, globals, tcb } = core
  const end = layout.connections + globals.connectionsHigh * tcbRecord.words
  const used = target[layout.globals + globalRecord.offsets.connectionsHigh] as number
  const usedEnd = layout.connections + used * tcbRecord.words
  if (usedEnd > end) target.fill(0, end, usedEnd)
  for (let at = 0; at < end; at += 1) target[at] = state[at] as number
  for (let index = 0; index < globals.connectionsHigh; index += 1) {
    selectConnection(core, index)
    if (tcb.state !== State.closed) copyRing(core, target)
  }
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
