/** Hashes of a replica's state. Equal logs make equal states, so equal digests; anything else is a bug. */
import { hashWords } from '../../dominoes/digest.ts'
import { type Core, selectConnection } from './core.ts'
import { segmentRecord } from './segment.ts'
import { listenerRecord, neighborCount, neighborRecord } from './tables.ts'
import { State, tcbRecord } from './tcb.ts'

const digestSeed = 0x0d0317e5

/** What is live: globals, neighbors, listeners, open connections and their segments in flight. */
export function digestLive(core: Core): number {
  const { state, layout, globals, tcb, config } = core
  let hash = hashWords(state, layout.globals, layout.neighbors, digestSeed)
  hash = hashWords(state, layout.neighbors, layout.neighbors + neighborCount * neighborRecord.words, hash)
  hash = hashWords(
    state,
    layout.listeners,
    layout.listeners + config.listenerCount * listenerRecord.words,
    hash,
  )
  for (let index = 0; index < globals.connectionsHigh; index += 1) {
    selectConnection(core, index)
    if (tcb.state === State.closed) continue
    hash = hashWords(state, tcb.at, tcb.at + tcbRecord.words, hash)
    hash = hashRing(core, hash)
  }
  return hash
}

/** Every word, live or not. */
export function digestAll(core: Core): number {
  return hashWords(core.state, 0, core.layout.words, digestSeed)
}

/** The entries from ringHead to ringTail, which may wrap around the end of the ring. */
function hashRing(core: Core, seed: number): number {
  const { state, layout, tcb, config } = core
  const count = (tcb.ringTail - tcb.ringHead) | 0
  if (count === 0) return seed
  const base = layout.segments + core.connection * layout.ringWords
  const first = tcb.ringHead & (config.segmentCount - 1)
  const untilEnd = Math.min(count, config.segmentCount - first)
  const from = base + first * segmentRecord.words
  const hash = hashWords(state, from, from + untilEnd * segmentRecord.words, seed)
  if (untilEnd === count) return hash
  return hashWords(state, base, base + (count - untilEnd) * segmentRecord.words, hash)
}
