/**
 * One connection as its packets pass: each packet is a segment of one direction, an acknowledgment of the other, or
 * both. It knows what only both ends together say: who opened it, whether windows are scaled, the handshake's round trip.
 */
import { TcpFlag } from '../../wire/header.ts'
import type { Endpoint, TcpPacket } from '../packet.ts'
import { DirectionAnalyser } from './direction.ts'
import type { DirectionTrace } from './records.ts'

export interface ConnectionTrace {
  /** Who sent the first SYN. */
  readonly client: Endpoint
  readonly server: Endpoint
  /** `midway`: no SYN was captured. The end with the higher port then counts as the client. */
  readonly opening: 'syn' | 'midway'
  /** From the SYN to the ACK of the other's: a round trip, wherever between the ends the capture was made. */
  readonly handshakeMicros: number | undefined
  /** Both SYNs were captured, so windows mean bytes; otherwise they are as on the wire. */
  readonly isWindowScaleKnown: boolean
  readonly firstMicros: number
  readonly lastMicros: number
  readonly ending: 'none' | 'fin' | 'reset'
  readonly toServer: DirectionTrace
  readonly toClient: DirectionTrace
}

/** One end, as the source of packets. */
interface End {
  readonly data: DirectionAnalyser
  hasSyn: boolean
  windowScale: number | undefined
  hasFin: boolean
}

export class ConnectionAnalyser implements ConnectionTrace {
  readonly client: Endpoint
  readonly server: Endpoint
  readonly opening: 'syn' | 'midway'
  readonly firstMicros: number
  lastMicros: number
  handshakeMicros: number | undefined
  readonly #ends: { readonly client: End; readonly server: End }
  #synMicros: number | undefined
  #isReset = false

  /**
   * `packet` is its first; `limit`: of segments and acknowledgments kept of each direction; `capturedAt`: see
   * `CaptureOptions`.
   */
  constructor(packet: TcpPacket, micros: number, limit: number, capturedAt?: string) {
    const { source, destination, flags } = packet
    const hasSyn = (flags & TcpFlag.syn) !== 0
    const isFromClient = hasSyn ? (flags & TcpFlag.ack) === 0 : source.port >= destination.port
    this.client = isFromClient ? source : destination
    this.server = isFromClient ? destination : source
    this.opening = hasSyn ? 'syn' : 'midway'
    this.firstMicros = micros
    this.lastMicros = micros
    const end = ({ address }: Endpoint): End => ({
      data: new DirectionAnalyser(limit, address === capturedAt),
      hasSyn: false,
      windowScale: undefined,
      hasFin: false,
    })
    this.#ends = { client: end(this.client), server: end(this.server) }
  }

  get toServer(): DirectionTrace {
    return this.#ends.client.data
  }

  get toClient(): DirectionTrace {
    return this.#ends.server.data
  }

  get isWindowScaleKnown(): boolean {
    return this.#ends.client.hasSyn && this.#ends.server.hasSyn
  }

  get ending(): 'none' | 'fin' | 'reset' {
    if (this.#isReset) return 'reset'
    return this.#ends.client.hasFin && this.#ends.server.hasFin ? 'fin' : 'none'
  }

  /** A SYN with another sequence number than this connection's: the ports are used again. */
  isSucceededBy(packet: TcpPacket): boolean {
    const isOpening = (packet.flags & (TcpFlag.syn | TcpFlag.ack)) === TcpFlag.syn
    const { first } = this.#sourceOf(packet).data
    return isOpening && first !== undefined && first !== packet.sequence
  }

  add(packet: TcpPacket, frame: number, micros: number): void {
    const { flags, sequence, payloadLength: length, timestamps } = packet
    const source = this.#sourceOf(packet)
    const other = source === this.#ends.client ? this.#ends.server : this.#ends.client
    const isSyn = (flags & TcpFlag.syn) !== 0
    const isFin = (flags & TcpFlag.fin) !== 0
    const isReset = (flags & TcpFlag.rst) !== 0
    const hasAck = (flags & TcpFlag.ack) !== 0
    this.lastMicros = micros
    if (isReset) this.#isReset = true
    if (source.data.first === undefined) {
      if (isSyn) source.data.begin(sequence, 0)
      else source.data.begin((sequence - 1) | 0, 1)
    }
    if (hasAck && other.data.first === undefined) other.data.begin((packet.acknowledgment - 1) | 0, 1)
    this.#noteHandshake(packet, source, micros)

    const isControl = isSyn || isFin || isReset
    const isBare = length === 0 && !isControl && source.data.isPastData(sequence)
    const isKeepAlive = length === 0 && !isControl && source.data.isBeforeNext(sequence)
    const sequenceLength = length + (isSyn ? 1 : 0) + (isFin ? 1 : 0)
    const passing = { frame, micros, flags }
    if (sequenceLength > 0 || isKeepAlive) {
      const roundTripMicros = this.handshakeMicros
      const timestamp = timestamps?.value
      const segment = { ...passing, sequence, length, sequenceLength, timestamp, roundTripMicros }
      source.data.send(segment, isControl)
    }
    if (isFin) source.hasFin = true
    if (!hasAck || isReset) return
    other.data.acknowledge({
      ...passing,
      acknowledgment: packet.acknowledgment,
      rawWindow: packet.window,
      window: isSyn ? packet.window : packet.window << this.#scaleOf(source),
      sack: packet.sack,
      echo: timestamps?.echo,
      isBare,
    })
  }

  #noteHandshake({ flags, windowScale }: TcpPacket, source: End, micros: number): void {
    const { client, server } = this.#ends
    if ((flags & TcpFlag.syn) !== 0) {
      source.hasSyn = true
      source.windowScale = windowScale
      if (source === client) this.#synMicros = micros
    } else if (source === client && server.hasSyn && this.handshakeMicros === undefined) {
      if (this.#synMicros !== undefined) this.handshakeMicros = micros - this.#synMicros
    }
  }

  /** Windows are scaled if both ends said so (RFC 7323 section 2.2). */
  #scaleOf(source: End): number {
    const { client, server } = this.#ends
    const isAgreed = client.windowScale !== undefined && server.windowScale !== undefined
    return isAgreed ? (source.windowScale ?? 0) : 0
  }

  #sourceOf({ source }: TcpPacket): End {
    const { address, port } = this.client
    return source.address === address && source.port === port ? this.#ends.client : this.#ends.server
  }
}
