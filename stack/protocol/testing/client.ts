/**
 * One of many peers of a single machine: opens a connection to it, takes what comes, acknowledges or vanishes. It
 * keeps its own sequence numbers and ignores what the machine sends to others.
 */
import { Format, OptionBit, TcpFlag } from '../../wire/header.ts'
import { gatewayAddress, type Head, localAddress, peerEther, type TestHost } from './host.ts'
import type { PostedUpcall, ReadableAction, SentSegment } from './readable.ts'

export interface ClientOptions {
  /** Default: a host behind the gateway, so that one neighbor serves all clients. */
  readonly address?: number
  readonly port?: number
  readonly irs?: number
  readonly localPort?: number
  readonly timestamps?: boolean
  readonly sackPermitted?: boolean
  readonly windowScale?: number
  readonly maximumSegment?: number
}

export const everyOption = { timestamps: true, sackPermitted: true, windowScale: 7, maximumSegment: 1460 }

export class Client {
  readonly host: TestHost
  readonly address: number
  readonly port: number
  readonly irs: number
  readonly #options: ClientOptions
  /** The next byte it sends, and the next that it expects. */
  sndNxt: number
  rcvNxt = 0
  windowField = 65_535
  /** The SYN-ACK that it got last. */
  synAck: SentSegment | undefined
  /** The connection's id, once the application was told. */
  connection = -1
  /** What the machine sent to it, oldest first. */
  heard: SentSegment[] = []
  /** The timestamp that it echoes. */
  #tsRecent = 0

  constructor(host: TestHost, options: ClientOptions = {}) {
    this.host = host
    this.#options = options
    this.address = options.address ?? 0x0b000001
    this.port = options.port ?? 40_000
    this.irs = (options.irs ?? 0x5eed0000) | 0
    this.sndNxt = (this.irs + 1) | 0
  }

  /** Does the whole handshake; returns whether the application was told of the connection. */
  opens(): boolean {
    this.asks()
    if (this.synAck === undefined) return false
    this.completes()
    return this.connection !== -1
  }

  /** Sends a SYN. */
  asks(): this {
    return this.sends({ flags: TcpFlag.syn, sequence: this.irs })
  }

  /** Sends the ACK of the SYN-ACK, with `length` bytes of a request. */
  completes(length = 0): this {
    return this.sends({ payloadLength: length })
  }

  /** Sends the next segment in order; `head` may change any of its fields. */
  sends(head: Head): this {
    const { timestamps, sackPermitted, windowScale, maximumSegment } = this.#options
    const flags = head.flags ?? TcpFlag.ack
    const isSyn = (flags & TcpFlag.syn) !== 0
    let options = 0
    if (timestamps) options |= OptionBit.timestamps
    if (isSyn && sackPermitted) options |= OptionBit.sackPermitted
    if (isSyn && windowScale !== undefined) options |= OptionBit.windowScale
    if (isSyn && maximumSegment !== undefined) options |= OptionBit.maximumSegment
    const actions = this.host.frame({
      format: Format.tcp,
      etherSourceHigh: peerEther[0],
      etherSourceLow: peerEther[1],
      ipSource: this.address,
      ipDestination: localAddress,
      sourcePort: this.port,
      destinationPort: this.#options.localPort ?? 80,
      sequence: this.sndNxt,
      acknowledgment: (flags & TcpFlag.ack) !== 0 ? this.rcvNxt : 0,
      flags,
      window: this.windowField,
      options,
      windowScale: windowScale ?? 0,
      maximumSegment: maximumSegment ?? 0,
      timestampValue: 7000 + Math.floor(this.host.now / 1000),
      timestampEcho: (flags & TcpFlag.ack) !== 0 ? this.#tsRecent : 0,
      ...head,
    })
    if (head.sequence === undefined) {
      const length = (head.payloadLength ?? 0) + ((flags & TcpFlag.fin) !== 0 ? 1 : 0)
      this.sndNxt = (this.sndNxt + length) | 0
    }
    return this.takes(actions)
  }

  /** Takes the actions that are for this client. */
  takes(actions: readonly ReadableAction[]): this {
    for (const action of actions) {
      if (action.action === 'segment') this.#hear(action)
      else if (action.action === 'upcall' && action.upcall === 'accepted') this.#note(action)
      else if (action.action === 'upcall' && action.upcall === 'drained') this.host.free(action.connection)
    }
    return this
  }

  /** Acknowledges everything that came. */
  acknowledges(): this {
    return this.sends({})
  }

  get resets(): number {
    return this.heard.filter((segment) => segment.flags.includes('RST')).length
  }

  /** Sends a byte; returns whether it was acknowledged. */
  isServed(): boolean {
    this.sends({ payloadLength: 1 })
    const answer = this.heard.at(-1)
    return answer?.flags === 'ACK' && answer.acknowledgment === this.sndNxt
  }

  #note(upcall: PostedUpcall): void {
    this.host.accept(upcall.connection)
    if (upcall.second === this.address && upcall.third === this.port) this.connection = upcall.connection
  }

  #hear(segment: SentSegment): void {
    if (segment.ipDestination !== this.address || segment.destinationPort !== this.port) return
    this.heard.push(segment)
    if (segment.flags.includes('RST')) return
    if (segment.timestamps !== undefined) this.#tsRecent = segment.timestamps[0]
    const isSyn = segment.flags.includes('SYN')
    if (isSyn) this.synAck = segment
    if (!isSyn && segment.sequence !== this.rcvNxt) return
    const length = segment.payloadLength + (isSyn ? 1 : 0) + (segment.flags.includes('FIN') ? 1 : 0)
    this.rcvNxt = (segment.sequence + length) | 0
  }
}

/** The hardware address of the gateway, through which all clients are reached. */
export function reachClients(host: TestHost): void {
  host.learn(gatewayAddress, peerEther)
}
