/**
 * An ICMP error about a datagram of ours goes to the socket that sent it (RFC 1122 section 4.1.3.3). Anyone can forge
 * one, so it closes nothing: the application is told, and may go on.
 */
import { copyAddress } from '../../wire/address.ts'
import { HeaderWord } from '../../wire/header.ts'
import { Action, Upcall, UpcallWord } from '../actions.ts'
import { type Core, header } from '../state/core.ts'
import { emitUpcall } from '../state/emit.ts'
import { findSocket, SocketProtocol, socketId } from './sockets.ts'

/** `error`: an UpcallError. False: no socket here sends from the quoted datagram's source port to its destination. */
export function receiveDatagramError(core: Core, error: number): boolean {
  const { words, head } = core
  const peer = head + HeaderWord.quotedDestination
  const peerPort = header(core, HeaderWord.quotedDestinationPort)
  const index = findSocket(
    core,
    words,
    peer,
    peerPort,
    header(core, HeaderWord.quotedSourcePort),
    SocketProtocol.udp,
  )
  if (index < 0) return false
  const at = emitUpcall(core, Action.upcall, Upcall.datagramRefused, socketId(core, index))
  const action = core.actions.words
  action[at + UpcallWord.error] = error
  copyAddress(words, peer, action, at + UpcallWord.remoteAddress)
  action[at + UpcallWord.remotePort] = peerPort
  return true
}
