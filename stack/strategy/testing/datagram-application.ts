/**
 * A program that sends numbered datagrams to a peer, or sends back what it is sent, in virtual time. Whatever arrives at
 * the sender is compared with what it sent.
 */
import { Random } from '../../device/random.ts'
import type { DatagramHandler, DatagramPeer } from '../../socket/datagram-endpoint.ts'
import type { DatagramPort, ReceivedDatagram } from '../../socket/datagram-port.ts'
import type { Endpoint, EndpointHandler } from '../../socket/endpoint.ts'

const numberBytes = 4
const longestBytes = 1472
/** Datagrams that may be on their way: fewer than may wait for the hardware address, which the first ones ask for. */
const window = 100

export class DatagramApplication implements EndpointHandler, DatagramHandler {
  readonly problems: string[] = []
  received = 0
  sent = 0
  readonly #count: number
  readonly #peer: DatagramPeer | undefined
  readonly #random: Random
  readonly #seen = new Set<number>()
  /** What has to be sent back. */
  readonly #echoes: ReceivedDatagram[] = []
  #port: DatagramPort | undefined
  #endpoint: Endpoint | undefined

  /** Without a peer: sends back. */
  constructor(count: number, peer: DatagramPeer | undefined, seed: number) {
    this.#count = count
    this.#peer = peer
    this.#random = new Random(seed)
  }

  open(endpoint: Endpoint, localPort: number): void {
    this.#endpoint = endpoint
    endpoint.datagrams.bind(1, localPort, this.#peer)
  }

  get isBound(): boolean {
    return this.#port !== undefined
  }

  /** Everything was handed to the stack; what is still on its way comes while the world settles. */
  get isDone(): boolean {
    return this.sent === this.#count || this.problems.length > 0
  }

  onBound(_: number, port: DatagramPort): void {
    this.#port = port
  }

  onBindFailed(_: number, error: number): void {
    this.problems.push(`bind: error ${error}`)
  }

  onDatagrams(port: DatagramPort): void {
    for (const datagram of port.receive(16)) {
      if (this.#peer === undefined) this.#echoes.push(datagram)
      else this.#compare(datagram)
    }
  }

  onDatagramRefused(_: DatagramPort, __: DatagramPeer, error: number): void {
    this.problems.push(`refused: error ${error}`)
  }

  onDatagramGone(): void {}
  onListening(): void {}
  onAccepted(): void {}
  onConnected(): void {}
  onConnectFailed(): void {}
  onProgress(): void {}

  /** Takes upcalls if there are any, else sends a datagram if it can; whether it did either. */
  step(): boolean {
    const taken = this.#endpoint?.poll(16) ?? 0
    const port = this.#port
    if (port === undefined || taken > 0) return taken > 0
    if (port.unreadCount > 0) {
      this.onDatagrams(port)
      return true
    }
    const echo = this.#echoes[0]
    if (echo !== undefined) {
      if (!port.trySend(echo.bytes, echo.address, echo.port)) return false
      this.#echoes.shift()
      return true
    }
    if (this.isDone || this.sent - this.received >= window) return false
    if (!port.trySend(this.#make(this.sent), undefined, 0)) return false
    this.sent += 1
    return true
  }

  /** Datagram `number`: its length is drawn, its bytes follow from number and place. */
  #make(number: number): Uint8Array {
    const bytes = new Uint8Array(numberBytes + this.#random.below(longestBytes - numberBytes + 1))
    new DataView(bytes.buffer).setUint32(0, number)
    for (let k = numberBytes; k < bytes.length; k++) bytes[k] = (number * 31 + k) & 0xff
    return bytes
  }

  #compare({ bytes }: ReceivedDatagram): void {
    const number = new DataView(bytes.buffer).getUint32(0)
    const isAsSent = bytes.every((byte, k) => k < numberBytes || byte === ((number * 31 + k) & 0xff))
    if (!isAsSent || number >= this.sent) this.problems.push(`datagram ${number} came back changed`)
    if (this.#seen.has(number)) return
    this.#seen.add(number)
    this.received += 1
  }
}
