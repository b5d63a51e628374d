/** What the application is told of a composite. The caller has made sure of room in the action queue. */
import { copyAddress } from '../../wire/address.ts'
import { Action, Upcall, UpcallWord } from '../actions.ts'
import type { Core } from '../state/core.ts'
import { emitUpcall } from '../state/emit.ts'
import { socketId } from '../udp/sockets.ts'

/** A message of `length` bytes, which arrived before, is at `position` of the receive buffer. */
export function emitTold(core: Core, position: number, length: number): void {
  const at = emitOfPeer(core, Action.upcall, Upcall.datagram)
  const action = core.actions.words
  action[at + UpcallWord.position] = position
  action[at + UpcallWord.length] = length
}

/** Nothing arrives at the peer any more. `error`: an UpcallError. */
export function emitFailure(core: Core, error: number): void {
  const at = emitOfPeer(core, Action.upcall, Upcall.datagramRefused)
  core.actions.words[at + UpcallWord.error] = error
}

/** Opens an upcall of the selected socket that names its peer. */
export function emitOfPeer(core: Core, action: number, upcall: number): number {
  const { socket, state, composite } = core
  const at = emitUpcall(core, action, upcall, socketId(core, composite.socket - 1))
  copyAddress(state, socket.remoteAddress, core.actions.words, at + UpcallWord.remoteAddress)
  core.actions.words[at + UpcallWord.remotePort] = socket.remotePort
  return at
}
