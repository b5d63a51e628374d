/**
 * From the four-tuple to a connection or an entry of the TIME-WAIT table: open addressing with linear
 * probing in the flat buffer. A word holds 0 (empty), index + 1 of a connection, or -(index + 1) of a
 * TIME-WAIT entry. Our own address is constant, so a tuple is the remote address and both ports.
 *
 * Invariant: every entry is reachable from its home word without crossing an empty one; deletion shifts
 * entries back instead of leaving tombstones.
 */
import type { Core } from './core.ts'
import { timeWaitRecord } from './tables.ts'
import { tcbRecord } from './tcb.ts'

const tcbAddress = tcbRecord.offsets.remoteAddress
const tcbRemotePort = tcbRecord.offsets.remotePort
const tcbLocalPort = tcbRecord.offsets.localPort
const waitAddress = timeWaitRecord.offsets.remoteAddress
const waitPorts = timeWaitRecord.offsets.ports

/** Both ports in one word, as the hash and the TIME-WAIT table keep them. */
export function packPorts(remotePort: number, localPort: number): number {
  return (remotePort << 16) | localPort
}

/** Index + 1 of a connection, -(index + 1) of a TIME-WAIT entry, 0 if the tuple is unknown. */
export function lookupTuple(
  core: Core,
  remoteAddress: number,
  remotePort: number,
  localPort: number,
): number {
  const { state, layout } = core
  const ports = packPorts(remotePort, localPort)
  const mask = layout.hashWords - 1
  let at = hashTuple(remoteAddress, ports) & mask
  for (;;) {
    const entry = state[layout.hash + at] as number
    if (entry === 0) return 0
    if (addressOf(core, entry) === remoteAddress && portsOf(core, entry) === ports) return entry
    at = (at + 1) & mask
  }
}

/** The tuple must not be in the table. `entry` is as `lookupTuple` returns it. */
export function insertTuple(core: Core, entry: number): void {
  const { state, layout } = core
  const mask = layout.hashWords - 1
  let at = hashTuple(addressOf(core, entry), portsOf(core, entry)) & mask
  while (state[layout.hash + at] !== 0) at = (at + 1) & mask
  state[layout.hash + at] = entry
}

/** Does nothing if the entry is not in the table. */
export function removeTuple(core: Core, entry: number): void {
  const { state, layout } = core
  const mask = layout.hashWords - 1
  let hole = hashTuple(addressOf(core, entry), portsOf(core, entry)) & mask
  while (state[layout.hash + hole] !== entry) {
    if (state[layout.hash + hole] === 0) return
    hole = (hole + 1) & mask
  }
  let at = hole
  for (;;) {
    at = (at + 1) & mask
    const moved = state[layout.hash + at] as number
    if (moved === 0) break
    const home = hashTuple(addressOf(core, moved), portsOf(core, moved)) & mask
    // The entry may move back into the hole unless its home lies cyclically in (hole, at].
    if (((at - home) & mask) < ((at - hole) & mask)) continue
    state[layout.hash + hole] = moved
    hole = at
  }
  state[layout.hash + hole] = 0
}

function addressOf(core: Core, entry: number): number {
  const { state, layout } = core
  return entry > 0
    ? (state[layout.connections + (entry - 1) * tcbRecord.words + tcbAddress] as number)
    : (state[layout.timeWait + (-entry - 1) * timeWaitRecord.words + waitAddress] as number)
}

function portsOf(core: Core, entry: number): number {
  const { state, layout } = core
  if (entry < 0) return state[layout.timeWait + (-entry - 1) * timeWaitRecord.words + waitPorts] as number
  const at = layout.connections + (entry - 1) * tcbRecord.words
  return packPorts(state[at + tcbRemotePort] as number, state[at + tcbLocalPort] as number)
}

/** Which of `count` machines a connection belongs to, 0 … count - 1. By other bits than those that index the table. */
export function shardOfTuple(
  remoteAddress: number,
  remotePort: number,
  localPort: number,
  count: number,
): number {
  return (hashTuple(remoteAddress, packPorts(remotePort, localPort)) >>> 12) % count
}

function hashTuple(address: number, ports: number): number {
  let hash = Math.imul(address ^ Math.imul(ports, 0x9e3779b1), 0x85ebca6b)
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0xc2b2ae35)
  return hash ^ (hash >>> 13)
}
