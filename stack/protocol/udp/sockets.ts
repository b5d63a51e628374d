/**
 * The table of UDP sockets. The application names one by its id, index | generation << 16, as it does connections.
 *
 *   free ─► open ─► closed ── Request.freeDatagram ─► free
 *
 * Composite protocols use the same sockets (`ctp/`).
 *
 * The last upcall of a closed socket is `datagramDrained`. The application frees the socket once no thread is still
 * at work on its buffers, as it does a connection (see `tcp/connections.ts`).
 */
import { isSameAddress } from '../../wire/address.ts'
import type { Core } from '../state/core.ts'
import { DatagramSocketState, datagramSocketRecord } from '../state/datagrams.ts'

/** Whose socket is asked for. */
export const SocketProtocol = { udp: 0, composite: 1 } as const

export function selectSocket(core: Core, index: number): void {
  core.socket.at = core.layout.datagramSockets + index * datagramSocketRecord.words
}

/** Selects the socket that the application named; -1 if the id is stale or was never given out, else its index. */
export function selectSocketById(core: Core, id: number): number {
  const index = id & 0xffff
  if (index >= core.globals.socketsHigh) return -1
  selectSocket(core, index)
  const { socket } = core
  return socket.state !== DatagramSocketState.free && socket.generation === id >>> 16 ? index : -1
}

export function socketId(core: Core, index: number): number {
  return index | (core.socket.generation << 16)
}

/** Selects a socket that is all zero but for its new generation, and returns its index; -1 if none is free. */
export function allocateSocket(core: Core): number {
  const { globals, socket, state, config } = core
  let index = globals.socketFreeHead - 1
  if (index >= 0) {
    selectSocket(core, index)
    globals.socketFreeHead = socket.nextFree
  } else {
    if (globals.socketsHigh === config.datagramSocketCount) return -1
    index = globals.socketsHigh
    globals.socketsHigh += 1
    selectSocket(core, index)
  }
  const generation = (socket.generation + 1) & 0xffff
  state.fill(0, socket.at, socket.at + datagramSocketRecord.words)
  socket.generation = generation === 0 ? 1 : generation
  return index
}

/** Frees the selected socket, on whose buffers no thread is at work any more. Ignored unless it is closed. */
export function freeSocket(core: Core, index: number): void {
  const { socket, globals } = core
  if (socket.state !== DatagramSocketState.closed) return
  socket.state = DatagramSocketState.free
  socket.nextFree = globals.socketFreeHead
  globals.socketFreeHead = index + 1
}

/**
 * Selects the open socket of this `SocketProtocol` that hears the peer at `addressAt` in `words` on `localPort`, and
 * returns its index, or -1. One that hears this peer alone comes before one that hears everybody.
 */
export function findSocket(
  core: Core,
  words: Int32Array,
  addressAt: number,
  remotePort: number,
  localPort: number,
  protocol: number,
): number {
  const { socket, globals, state } = core
  let found = -1
  for (let index = 0; index < globals.socketsHigh; index += 1) {
    selectSocket(core, index)
    if (socket.localPort !== localPort || socket.state !== DatagramSocketState.open) continue
    if ((socket.composite !== 0) !== (protocol === SocketProtocol.composite)) continue
    if (socket.remotePort === 0) found = index
    else if (
      socket.remotePort === remotePort &&
      isSameAddress(state, socket.remoteAddress, words, addressAt)
    ) {
      return index
    }
  }
  if (found >= 0) selectSocket(core, found)
  return found
}

/** Whether an open socket on `localPort` already hears this very peer (port 0: everybody). */
export function portIsTaken(
  core: Core,
  words: Int32Array,
  addressAt: number,
  remotePort: number,
  localPort: number,
): boolean {
  const { socket, globals, state } = core
  for (let index = 0; index < globals.socketsHigh; index += 1) {
    selectSocket(core, index)
    if (socket.localPort !== localPort || socket.state !== DatagramSocketState.open) continue
    if (socket.remotePort !== remotePort) continue
    if (remotePort === 0 || isSameAddress(state, socket.remoteAddress, words, addressAt)) return true
  }
  return false
}
