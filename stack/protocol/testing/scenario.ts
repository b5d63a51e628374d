/**
 * One machine and a scripted peer: tests say what the peer sends and look at what it gets, in relative numbers.
 * Position 0 is the first payload byte in either direction. So a test reads like the RFC's diagrams whatever the
 * initial sequence numbers are.
 */
import { Format, OptionBit, TcpFlag } from '../../wire/header.ts'
import type { MachineConfig } from '../config.ts'
import { type Head, localAddress, peerAddress, peerEther, TestHost } from './host.ts'
import type { PostedUpcall, ReadableAction, SentSegment } from './readable.ts'

export interface PeerSegment {
  /** As in "FIN ACK". */
  readonly flags?: string
  /** Position of the first byte; the SYN's own place is -1. */
  readonly at?: number
  readonly length?: number
  /** Position acknowledged; the machine's SYN's own place is -1. */
  readonly ack?: number
  readonly windowBytes?: number
  readonly sack?: readonly (readonly [number, number])[]
  readonly timestamp?: number
  readonly echo?: number
  /** The next segment was read with it. */
  readonly isFollowed?: boolean
}

export interface ScenarioOptions {
  readonly config?: Partial<MachineConfig>
  readonly queueCapacity?: number
  /** Initial sequence numbers: ours and the peer's. */
  readonly iss?: number
  readonly irs?: number
  readonly timestamps?: boolean
  readonly sackPermitted?: boolean
  readonly windowScale?: number | undefined
  readonly maximumSegment?: number | undefined
  readonly windowBytes?: number
  /** How long the handshake takes: the first sample of the round-trip time. */
  readonly roundTripMicros?: number
}

/** A segment as the peer sees it. */
export interface Seen {
  readonly flags: string
  readonly at: number
  readonly length: number
  readonly ack: number
  readonly windowBytes: number
  readonly sack: readonly (readonly [number, number])[]
  readonly raw: SentSegment
}

const flagBits: Record<string, number> = {
  SYN: TcpFlag.syn,
  FIN: TcpFlag.fin,
  RST: TcpFlag.rst,
  PSH: TcpFlag.psh,
  ACK: TcpFlag.ack,
}

/** Segments, buffers and windows with which gigabytes are sent in a moment. */
export const jumbo: ScenarioOptions = {
  config: { mtuBytes: 65_535, sendBufferBytes: 1 << 24, receiveBufferBytes: 1 << 24 },
  maximumSegment: 65_495,
  windowScale: 14,
  windowBytes: 1 << 24,
}

export const peerPort = 40_000
export const ownPort = 5001

export class Scenario {
  readonly host: TestHost
  readonly iss: number
  readonly irs: number
  readonly #timestamps: boolean
  readonly #sackPermitted: boolean
  readonly #windowScale: number | undefined
  readonly #maximumSegment: number | undefined
  #windowBytes: number
  /** Window scale in the machine's SYN. */
  #ownScale = 0
  /** Where the peer is: the next byte it sends, and what it acknowledges unless told otherwise. */
  at = 0
  ack = 0
  connection = 0
  readonly roundTripMicros: number
  /** The peer answers ARP requests at once. */
  answersArp = false
  remotePort = peerPort
  localPort = ownPort
  #list: ReadableAction[] = []
  #seen: Seen[] = []
  #timestampBase = 100_000

  constructor(options: ScenarioOptions = {}) {
    this.host = new TestHost(options.config, options.queueCapacity)
    this.iss = (options.iss ?? 1_000_000) | 0
    this.irs = (options.irs ?? 2_000_000) | 0
    this.#timestamps = options.timestamps ?? true
    this.#sackPermitted = options.sackPermitted ?? true
    this.#windowScale = 'windowScale' in options ? options.windowScale : 7
    this.#maximumSegment = 'maximumSegment' in options ? options.maximumSegment : 1460
    this.roundTripMicros = options.roundTripMicros ?? 20_000
    this.#windowBytes = options.windowBytes ?? 1 << 20
  }

  /** A connection that the peer opened, its hardware address known. */
  static accepted(options: ScenarioOptions = {}): Scenario {
    const scenario = new Scenario(options)
    scenario.host.learn()
    scenario.does((host) => host.listen(ownPort))
    scenario.answersArp = true
    scenario.peerOpens()
    scenario.host.now += scenario.roundTripMicros
    scenario.sends({ flags: 'ACK', at: 0, ack: 0 })
    scenario.connection = scenario.upcall('accepted').connection
    scenario.forget()
    return scenario
  }

  /** A connection that the machine opened. */
  static connected(options: ScenarioOptions = {}): Scenario {
    const scenario = new Scenario(options)
    scenario.host.learn()
    scenario.answersArp = true
    scenario.machineConnects()
    scenario.host.now += scenario.roundTripMicros
    scenario.sends({ flags: 'SYN ACK', at: -1, ack: 0 })
    scenario.connection = scenario.upcall('connected').connection
    scenario.forget()
    return scenario
  }

  /** The peer's SYN to the listener. */
  peerOpens(): this {
    this.host.aimSequence(this.iss, peerAddress, this.remotePort, this.localPort)
    return this.sends({ flags: 'SYN', at: -1 })
  }

  /** The machine's SYN to the peer. */
  machineConnects(): this {
    this.localPort = 33_000
    this.remotePort = 80
    this.host.aimSequence(this.iss, peerAddress, this.remotePort, this.localPort)
    return this.does((host) => host.connect(80, 33_000))
  }

  /** Calls any method of the host and keeps the actions that follow. */
  does(act: (host: TestHost) => readonly ReadableAction[]): this {
    this.keep(act(this.host))
    return this
  }

  /** The application queues bytes up to this position. */
  queues(position: number): this {
    return this.does((host) => host.send(this.connection, position | 0))
  }

  reads(position: number): this {
    return this.does((host) => host.read(this.connection, position | 0))
  }

  /** The application closes, having written up to this position. */
  closes(position = 0): this {
    return this.does((host) => host.close(this.connection, position))
  }

  releases(position = 0, consumed = 0): this {
    return this.does((host) => host.release(this.connection, position, consumed))
  }

  /** All threads are done with the connection. */
  frees(): this {
    return this.does((host) => host.free(this.connection))
  }

  waits(micros: number): this {
    return this.does((host) => host.wait(micros))
  }

  /**
   * The application queues all up to this position, a buffer at a time; the peer acknowledges it, a round trip later.
   */
  streams(position: number): this {
    const { sendBufferBytes } = this.host.config
    while (this.ack < position) {
      this.queues(Math.min(position, this.ack + sendBufferBytes))
      // Positions grow beyond 32 bits, those of segments do not.
      const ends = this.seen().map(({ at, length }) => (at + length - this.ack) | 0)
      const sent = Math.max(0, ...ends)
      if (sent === 0) throw new Error(`nothing leaves at ${this.ack}`)
      this.host.now += this.roundTripMicros
      this.acks(this.ack + sent)
    }
    return this.forget()
  }

  /**
   * Sends two segments of this length and loses the first. Returns how many milliseconds after the second's SACK the
   * first is sent again.
   */
  patienceMillis(length: number): number {
    const start = this.ack
    this.queues(start + length).queues(start + 2 * length)
    this.host.now += this.roundTripMicros
    this.forget().acks(start, { sack: [[start + length, start + 2 * length]] })
    let millis = 0
    for (; this.heard().length === 0; millis += 1) this.waits(1_000)
    this.host.now += this.roundTripMicros
    this.acks(start + 2 * length).forget()
    return millis
  }

  /**
   * The machine opens one more connection to this port of the peer, and the peer answers. Returns the id that the
   * application gets.
   */
  opensAnother(remotePort: number, localPort: number): number {
    this.forget().does((host) => host.connect(remotePort, localPort))
    const syn = this.seen()[0]?.raw
    if (syn === undefined) throw new Error('no SYN left')
    const answer = this.head({ flags: 'SYN ACK', at: -1 })
    const own = { sourcePort: remotePort, destinationPort: localPort, acknowledgment: (syn.sequence + 1) | 0 }
    this.does((host) => host.frame({ ...answer, ...own }))
    return this.upcall('connected').connection
  }

  /** The peer acknowledges up to this position. */
  acks(ack: number, more: Omit<PeerSegment, 'ack'> = {}): this {
    return this.sends({ ...more, ack })
  }

  /** The peer sends a segment. Fields that are left out are those of an ordinary peer. */
  sends(segment: PeerSegment): this {
    return this.does((host) => host.frame(this.head(segment)))
  }

  /** The header of a segment of the peer; tests of odd segments change it. */
  head(segment: PeerSegment): Head {
    const { at = this.at, length = 0, ack = this.ack, flags = 'ACK' } = segment
    let bits = 0
    for (const name of flags.split(' ')) bits |= flagBits[name] ?? 0
    const isSyn = (bits & TcpFlag.syn) !== 0
    if (segment.windowBytes !== undefined) this.#windowBytes = segment.windowBytes
    const scale = isSyn ? 0 : (this.#windowScale ?? 0)
    const window = Math.min(65_535, this.#windowBytes >> scale)
    let options = 0
    if (this.#timestamps) options |= OptionBit.timestamps
    if (isSyn && this.#sackPermitted) options |= OptionBit.sackPermitted
    if (isSyn && this.#windowScale !== undefined) options |= OptionBit.windowScale
    if (isSyn && this.#maximumSegment !== undefined) options |= OptionBit.maximumSegment
    this.at = Math.max(this.at, at + length + ((bits & TcpFlag.fin) !== 0 ? 1 : 0))
    this.ack = Math.max(this.ack, ack)
    return {
      format: Format.tcp,
      etherSourceHigh: peerEther[0],
      etherSourceLow: peerEther[1],
      ipSource: peerAddress,
      ipDestination: localAddress,
      sourcePort: this.remotePort,
      destinationPort: this.localPort,
      payloadOffset: 66,
      payloadLength: length,
      isFollowed: segment.isFollowed === true ? 1 : 0,
      sequence: (this.irs + 1 + at) | 0,
      acknowledgment: (bits & TcpFlag.ack) !== 0 ? (this.iss + 1 + ack) | 0 : 0,
      flags: bits,
      window,
      options,
      maximumSegment: this.#maximumSegment ?? 0,
      windowScale: this.#windowScale ?? 0,
      timestampValue: segment.timestamp ?? this.timestampNow(),
      timestampEcho: segment.echo ?? this.host.counters.millis,
      sack: (segment.sack ?? []).flatMap(([left, right]) => [this.iss + 1 + left, this.iss + 1 + right]),
    }
  }

  /** The peer's timestamp clock. */
  timestampNow(): number {
    return this.#timestampBase + Math.floor(this.host.now / 1000)
  }

  /** Segments that the peer got since the last call of `seen` or `heard`. */
  seen(): Seen[] {
    const list = this.#seen
    this.#seen = []
    return list
  }

  /** `seen` in short: "PSH ACK 0+1000", or "ACK of 500" if there is no payload. */
  heard(): string[] {
    return this.seen().map((segment) => {
      const isPlain = segment.length === 0 && segment.flags === 'ACK'
      if (isPlain) return `ACK of ${segment.ack}`
      return segment.length > 0
        ? `${segment.flags} ${segment.at}+${segment.length}`
        : `${segment.flags} ${segment.at}`
    })
  }

  /** Upcalls, deliveries included, since the last call of `told`, `news` or `actions`. */
  told(): PostedUpcall[] {
    const told = this.#list.filter(
      (action): action is PostedUpcall => action.action === 'upcall' || action.action === 'deliver',
    )
    this.#list = []
    return told
  }

  /** `told` in short: "readable 1000", "closed 0". */
  news(): string[] {
    return this.told().map((upcall) => `${upcall.upcall} ${upcall.first}`)
  }

  /** The only upcall of this kind that `told` would return; throws if there are none or several. */
  upcall(name: string): PostedUpcall {
    const found = this.#list.filter((action) => 'upcall' in action && action.upcall === name)
    if (found.length !== 1) throw new Error(`${found.length} upcalls "${name}", not 1`)
    return found[0] as PostedUpcall
  }

  /** All actions since the last call of `told`, `news` or `actions`, in order. */
  actions(): ReadableAction[] {
    const list = this.#list
    this.#list = []
    return list
  }

  forget(): this {
    this.#seen = []
    this.#list = []
    return this
  }

  tcb(): ReturnType<TestHost['tcb']> {
    return this.host.tcb(this.connection & 0xffff)
  }

  private keep(actions: readonly ReadableAction[]): void {
    for (const action of actions) {
      this.#list.push(action)
      if (action.action === 'segment') this.#seen.push(this.see(action))
      else if (action.action === 'arp' && this.answersArp) this.keep(this.host.learn())
    }
  }

  private see(raw: SentSegment): Seen {
    const hasAck = raw.flags.includes('ACK')
    const isSyn = raw.flags.includes('SYN')
    if (isSyn) this.#ownScale = raw.windowScale ?? 0
    const scale = isSyn || this.#windowScale === undefined ? 0 : this.#ownScale
    return {
      flags: raw.flags,
      at: (raw.sequence - this.iss - 1) | 0,
      length: raw.payloadLength,
      ack: hasAck ? (raw.acknowledgment - this.irs - 1) | 0 : 0,
      windowBytes: raw.window << scale,
      sack: raw.sack.map(([left, right]) => [(left - this.irs - 1) | 0, (right - this.irs - 1) | 0]),
      raw,
    }
  }
}
