/**
 * From the four-tuple to a connection or an entry of the TIME-WAIT table: open addressing with linear probing in the
 * flat buffer. A word holds 0 (empty), index + 1 of a connection, or -(index + 1) of a TIME-WAIT entry. Our own
 * address is constant, so a tuple is the remote address and both ports. The hash is keyed: a stranger who chooses
 * ports and addresses cannot choose their places in the table.
 *
 * Invariant: every entry is reachable from its home word without crossing an empty one; deletion shifts
 * entries back instead of leaving tombstones.
 */
import { isSameAddress } from '../../wire/address.ts'
import { type HashKey, tableHash } from '../keyed-hash.ts'
import type { Core } from './core.ts'
import { timeWaitRecord } from './tables.ts'
import { State, tcbRecord } from './tcb.ts'

const tcbState = tcbRecord.offsets.state
const tcbAddress = tcbRecord.offsets.remoteAddress
const tcbRemotePort = tcbRecord.offsets.remotePort
const tcbLocalPort = tcbRecord.offsets.localPort
const waitAddress = timeWaitRecord.offsets.remoteAddress
const waitPorts = timeWaitRecord.offsets.ports

/** Both ports in one word, as the hash and the TIME-WAIT table keep them. */
export function packPorts(remotePort: number, localPort: number): number {
  return (remotePort << 16) | localPort
}

/**
 * Index + 1 of a connection, -(index + 1) of a TIME-WAIT entry, 0 if the tuple is unknown. The remote address lies at
 * `addressAt` in `words`.
 */
export function lookupTuple(
  core: Core,
  words: Int32Array,
  addressAt: number,
  remotePort: number,
  localPort: number,
): number {
  const ports = packPorts(remotePort, localPort)
  if (isLastFound(core, words, addressAt, ports)) return core.lastFound
  return search(core, words, addressAt, ports)
}

function search(core: Core, words: Int32Array, addressAt: number, ports: number): number {
  const { state, layout } = core
  const mask = layout.hashWords - 1
  let at = tableHash(core.config.secret, words, addressAt, ports) & mask
  for (;;) {
    const entry = state[layout.hash + at] as number
    if (entry === 0) return 0
    if (portsOf(core, entry) === ports && isSameAddress(state, addressOf(core, entry), words, addressAt)) {
      core.lastFound = entry
      return entry
    }
    at = (at + 1) & mask
  }
}

/**
 * Whether the connection that was found last has this tuple: most frames belong to the same connection as the frame
 * before. An open connection is always in the table, so comparing its tuple is enough to verify the hint.
 */
function isLastFound(core: Core, words: Int32Array, addressAt: number, ports: number): boolean {
  const { state, layout, lastFound } = core
  if (lastFound <= 0) return false
  if (state[layout.connections + (lastFound - 1) * tcbRecord.words + tcbState] === State.closed) return false
  return (
    portsOf(core, lastFound) === ports && isSameAddress(state, addressOf(core, lastFound), words, addressAt)
  )
}

/** The tuple must not be in the table. `entry` is as `lookupTuple` returns it. */
export function insertTuple(core: Core, entry: number): void {
  const { state, layout } = core
  const mask = layout.hashWords - 1
  let at = homeOf(core, entry) & mask
  while (state[layout.hash + at] !== 0) at = (at + 1) & mask
  state[layout.hash + at] = entry
}

/** Does nothing if the entry is not in the table. */
export function removeTuple(core: Core, entry: number): void {
  const { state, layout } = core
  const mask = layout.hashWords - 1
  let hole = homeOf(core, entry) & mask
  while (state[layout.hash + hole] !== entry) {
    if (state[layout.hash + hole] === 0) return
    hole = (hole + 1) & mask
  }
  let at = hole
  for (;;) {
    at = (at + 1) & mask
    const moved = state[layout.hash + at] as number
    if (moved === 0) break
    const home = homeOf(core, moved) & mask
    // The entry may move back into the hole unless its home lies cyclically in (hole, at].
    if (((at - home) & mask) < ((at - hole) & mask)) continue
    state[layout.hash + hole] = moved
    hole = at
  }
  state[layout.hash + hole] = 0
}

/** Word offset in the state. */
function addressOf({ layout }: Core, entry: number): number {
  return entry > 0
    ? layout.connections + (entry - 1) * tcbRecord.words + tcbAddress
    : layout.timeWait + (-entry - 1) * timeWaitRecord.words + waitAddress
}

function portsOf(core: Core, entry: number): number {
  const { state, layout } = core
  if (entry < 0) return state[layout.timeWait + (-entry - 1) * timeWaitRecord.words + waitPorts] as number
  const at = layout.connections + (entry - 1) * tcbRecord.words
  return packPorts(state[at + tcbRemotePort] as number, state[at + tcbLocalPort] as number)
}

function homeOf(core: Core, entry: number): number {
  return tableHash(core.config.secret, core.state, addressOf(core, entry), portsOf(core, entry))
}

/**
 * Which of `count` machines a connection belongs to, 0 … count - 1. Leaves out the low 12 bits of the hash, which
 * index a table of up to 4096 words.
 */
export function shardOfTuple(
  secret: HashKey,
  words: Int32Array,
  addressAt: number,
  remotePort: number,
  localPort: number,
  count: number,
): number {
  return (tableHash(secret, words, addressAt, packPorts(remotePort, localPort)) >>> 12) % count
}
