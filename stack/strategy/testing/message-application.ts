/**
 * A program that sends numbered messages through a composite protocol, or receives and compares them, in virtual time.
 */
import { Random } from '../../device/random.ts'
import { composeMicroprotocols, type MicroprotocolName } from '../../protocol/ctp/composition.ts'
import { messageRoom } from '../../protocol/state/composites.ts'
import { mtuBytes } from '../../sim/testing/parameters.ts'
import { type DatagramHandler, type DatagramPeer, noSockets } from '../../socket/datagram-endpoint.ts'
import type { DatagramPort } from '../../socket/datagram-port.ts'
import type { Endpoint, EndpointHandler } from '../../socket/endpoint.ts'

const numberBytes = 4
const longestBytes = 1468

export class MessageApplication implements EndpointHandler, DatagramHandler {
  readonly problems: string[] = []
  /** Numbers of what arrived, in that order. */
  readonly received: number[] = []
  sent = 0
  readonly onBindFailed = (_: number, error: number): void => void this.problems.push(`bind: error ${error}`)
  readonly onDatagramGone = noSockets.onDatagramGone
  readonly #count: number
  readonly #random: Random
  #port: DatagramPort | undefined
  #endpoint: Endpoint | undefined

  /** Sends `count` messages. */
  constructor(count: number, seed: number) {
    this.#count = count
    this.#random = new Random(seed)
  }

  open(
    endpoint: Endpoint,
    localPort: number,
    peer: DatagramPeer,
    microprotocols: readonly MicroprotocolName[],
  ): void {
    this.#endpoint = endpoint
    const roomBytes = messageRoom({ mtuBytes })
    endpoint.datagrams.bind(1, localPort, peer, {
      microprotocols: composeMicroprotocols(microprotocols),
      roomBytes,
    })
  }

  get isBound(): boolean {
    return this.#port !== undefined
  }

  get isDone(): boolean {
    return this.sent === this.#count || this.problems.length > 0
  }

  onBound(_: number, port: DatagramPort): void {
    this.#port = port
  }

  onDatagrams(port: DatagramPort): void {
    for (const { bytes } of port.receive(16)) this.#compare(bytes)
  }

  onDatagramRefused(_: DatagramPort, __: DatagramPeer, error: number): void {
    this.problems.push(`refused: error ${error}`)
  }

  onListening(): void {}
  onAccepted(): void {}
  onConnected(): void {}
  onConnectFailed(): void {}
  onProgress(): void {}
  onGone(): void {}

  /** Takes upcalls if there are any, else sends a message if it can; whether it did either. */
  step(): boolean {
    const taken = this.#endpoint?.poll(16) ?? 0
    const port = this.#port
    if (port === undefined || taken > 0) return taken > 0
    if (port.unreadCount > 0) {
      this.onDatagrams(port)
      return true
    }
    if (this.isDone || !port.trySend(this.#make(this.sent), undefined, 0)) return false
    this.sent += 1
    return true
  }

  /** Message `number`: its length is drawn, its bytes follow from number and place. */
  #make(number: number): Uint8Array {
    const bytes = new Uint8Array(numberBytes + this.#random.below(longestBytes - numberBytes + 1))
    const view = new DataView(bytes.buffer)
    view.setUint32(0, number)
    for (let k = numberBytes; k < bytes.length; k++) bytes[k] = (number * 31 + bytes.length + k) & 0xff
    return bytes
  }

  /** A byte follows from the length, too, so that a message that was cut is found. */
  #compare(bytes: Uint8Array): void {
    const number = new DataView(bytes.buffer).getUint32(0)
    const isAsSent = bytes.every(
      (byte, k) => k < numberBytes || byte === ((number * 31 + bytes.length + k) & 0xff),
    )
    if (!isAsSent) this.problems.push(`message ${number} arrived changed`)
    this.received.push(number)
  }
}
