/** Requests of the application about a socket that has a composite. */
import { ctpHeaderLimit } from '../../wire/ctp.ts'
import { ipv4HeaderBytes } from '../../wire/ipv4.ts'
import { writeNextHop } from '../ip/route.ts'
import { SendDatagramArgument } from '../requests.ts'
import { argument, type Core } from '../state/core.ts'
import { later } from '../tcp/sequence.ts'
import { releaseComposite, scheduleComposite, selectComposite, takeComposite } from './composites.ts'
import { microprotocolsOf } from './composition.ts'
import { positionOf, selectSentMessage, windowOf } from './rings.ts'

/** The longest payload of a message, in bytes. */
export function messageLimit(mtuBytes: number): number {
  return mtuBytes - ipv4HeaderBytes - ctpHeaderLimit
}

/** Gives the selected socket, which has its peer, a composite of these microprotocols. False: there is none left. */
export function openComposite(core: Core, index: number, bits: number): boolean {
  const { socket, state, composite } = core
  const entry = takeComposite(core, index, bits)
  if (entry < 0) return false
  socket.composite = entry + 1
  writeNextHop(core, state, socket.remoteAddress, state, composite.nextHop)
  for (const microprotocol of microprotocolsOf(core)) microprotocol.onOpen(core)
  return true
}

/** Takes a message of the application, which may be a faulty program: one at another place than the next is ignored. */
export function sendMessage(core: Core): void {
  const { socket, composite, sentMessage, config } = core
  selectComposite(core, socket.composite - 1)
  const position = argument(core, SendDatagramArgument.position)
  const length = argument(core, SendDatagramArgument.length)
  const number = composite.sendEnd
  const isFull = ((number - composite.sendOldest) | 0) >= windowOf(core)
  const fits = length >= 0 && length <= messageLimit(config.mtuBytes)
  if (composite.isOver !== 0 || isFull || !fits || position !== positionOf(core, number)) return
  selectSentMessage(core, number)
  sentMessage.length = length
  sentMessage.marks = 0
  composite.sendEnd = (number + 1) | 0
  socket.queued = later(socket.queued, positionOf(core, composite.sendEnd))
  scheduleComposite(core)
}

/** The application has read messages. */
export function readMessages(core: Core): void {
  selectComposite(core, core.socket.composite - 1)
  for (const microprotocol of microprotocolsOf(core)) microprotocol.onRead(core)
}

/** Ends the composite of the selected socket: what has not left, or is not acknowledged, is given up. */
export function closeComposite(core: Core): void {
  selectComposite(core, core.socket.composite - 1)
  releaseComposite(core)
  core.socket.composite = 0
}
