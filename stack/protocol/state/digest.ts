/** Hashes of a replica's state. Equal logs make equal states, so equal digests; anything else is a bug. */
import { hashWords } from '../../dominoes/contract/digest.ts'
import { type Core, selectConnection } from './core.ts'
import { senderRecord } from './sender.ts'
import { segmentRecord } from './sent-segment.ts'
import { listenerRecord, neighborRecord } from './tables.ts'
import { State, tcbRecord } from './tcb.ts'

const digestSeed = 0x0d0317e5

/** Most connections that one digest covers. If there are more, successive digests cover different ones. */
const connectionsTogether = 64
/** Words of the tables at rest that one digest covers, likewise. */
const wordsTogether = 256

/**
 * A hash of what the next requests read: globals, neighbors, listeners, open connections, their segments in flight,
 * and the sender records of neighbors and connections. The tables at rest (TIME-WAIT, tuple hash, UDP sockets,
 * waiting datagrams, composites, timer heap, closed TCBs and their senders) decide later behavior, too, but they are large. So
 * each digest covers a part of them, and only a part of the connections if there are many. A difference persists, so
 * a later digest finds it.
 */
export function digestLive(core: Core): number {
  const { state, layout, globals, tcb, config } = core
  let hash = hashWords(state, layout.globals, layout.neighbors, digestSeed)
  hash = hashWords(
    state,
    layout.neighbors,
    layout.neighbors + globals.neighborsHigh * neighborRecord.words,
    hash,
  )
  hash = hashSenders(core, layout.firstSender.neighbor, globals.neighborsHigh, hash)
  hash = hashWords(
    state,
    layout.listeners,
    layout.listeners + config.listenerCount * listenerRecord.words,
    hash,
  )
  const first = turn(core, Math.ceil(globals.connectionsHigh / connectionsTogether)) * connectionsTogether
  const last = Math.min(globals.connectionsHigh, first + connectionsTogether)
  for (let index = first; index < last; index += 1) {
    selectConnection(core, index)
    if (tcb.state === State.closed) continue
    hash = hashWords(state, tcb.at, tcb.at + tcbRecord.words, hash)
    hash = hashSenders(core, index, 1, hash)
    hash = hashRing(core, hash)
  }
  return hashAtRest(core, hash)
}

function hashSenders(core: Core, first: number, count: number, seed: number): number {
  const from = core.layout.senders + first * senderRecord.words
  return hashWords(core.state, from, from + count * senderRecord.words, seed)
}

/** A part of what lies between the listeners and the segment rings. */
function hashAtRest(core: Core, seed: number): number {
  const { state, layout } = core
  const parts = Math.ceil((layout.segments - layout.timeWait) / wordsTogether)
  const from = layout.timeWait + turn(core, parts) * wordsTogether
  return hashWords(state, from, Math.min(layout.segments, from + wordsTogether), seed)
}

/**
 * Which of `parts` parts this digest covers, 0 … parts - 1, by the number of requests applied. Multiples of the
 * golden ratio are spread evenly, however many requests lie between two digests.
 */
function turn(core: Core, parts: number): number {
  return Math.floor(((Math.imul(core.globals.requests, 0x9e3779b1) >>> 0) * parts) / 2 ** 32)
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
