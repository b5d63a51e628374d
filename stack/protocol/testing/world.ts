/**
 * Two machines and the wire between them, in virtual time: actions of one become decoded headers of the other
 * without any bytes. The wire loses, delays and duplicates by a seeded generator. Each end has a shadow, a
 * second machine that is fed the same requests and has to stay equal.
 */

import { Random } from '../../device/random.ts'
import { ActionQueue, actionWords } from '../../dominoes/contract/action-queue.ts'
import { noDeadline } from '../../dominoes/contract/domain.ts'
import { SlotWord, slotHeadWords } from '../../dominoes/contract/slot.ts'
import { Format, HeaderWord, OptionBit, TcpFlag, Verdict } from '../../wire/header.ts'
import type { MachineConfig } from '../config.ts'
import { createMachine, type Machine, stateWords } from '../machine.ts'
import { ConnectArgument, ListenArgument, Request, StreamArgument } from '../requests.ts'
import { type Globals, globalRecord } from '../state/globals.ts'
import { planLayout } from '../state/layout.ts'
import { tcbRecord } from '../state/tcb.ts'
import { aimSequence } from './aim-sequence.ts'
import { Application } from './application.ts'
import { carry } from './carry.ts'
import { localAddress, localEther, peerAddress, peerEther, testConfig } from './host.ts'
import { Invariants } from './invariants.ts'

export interface WireOptions {
  readonly seed: number
  /** One way, without jitter, in microseconds. */
  readonly delayMicros: number
  /** Up to this much more, drawn for each frame: frames overtake each other. */
  readonly jitterMicros: number
  readonly lossProbability: number
  readonly duplicationProbability: number
  /** OptionBit bits that the wire takes out of every SYN, as some middleboxes do. */
  readonly strippedOptions?: number
  /** From the frame with this number on, larger IP packets than `pathMtuBytes` are refused by ICMP. */
  readonly pathMtuFromFrame?: number
  readonly pathMtuBytes?: number
}

interface Arrival {
  readonly at: number
  readonly order: number
  readonly to: Host
  readonly head: Int32Array
}

const maximumSteps = 3_000_000
/** A machine that asks to be woken again at the same instant this often is stuck. */
const stuckTicks = 100_000

/** What a host needs of the world that it is in. */
export interface Surroundings {
  /** Microseconds; a request's time is these, cut to 32 bits. */
  readonly now: number
  readonly random: Random
  /** Random bits of the coming requests, if not drawn. */
  readonly nextIsn: number | undefined
  transmit(from: Host, head: Int32Array): void
}

export class Host {
  readonly world: Surroundings
  readonly name: string
  readonly ether: readonly [number, number]
  readonly words = new Int32Array(SlotWord.head + slotHeadWords)
  readonly machine: Machine
  readonly shadow: Machine
  readonly application = new Application(this)
  readonly counters: Globals
  readonly state: Int32Array
  readonly config: MachineConfig
  readonly #shadowState: Int32Array
  /** The most actions that one request led to. */
  mostActions = 0
  readonly #actions: ActionQueue
  readonly #shadowActions: ActionQueue
  readonly #invariants: Invariants

  constructor(world: Surroundings, name: string, config: MachineConfig, queueCapacity: number) {
    this.world = world
    this.name = name
    this.config = config
    this.ether = [config.etherHigh, config.etherLow]
    this.#actions = new ActionQueue(queueCapacity)
    this.#shadowActions = new ActionQueue(queueCapacity)
    this.state = new Int32Array(stateWords(config))
    this.machine = createMachine(config, this.words, this.state, this.#actions)
    this.#shadowState = new Int32Array(stateWords(config))
    this.shadow = createMachine(config, this.words, this.#shadowState, this.#shadowActions)
    this.counters = globalRecord.cursor(this.state, planLayout(config).globals)
    this.#invariants = new Invariants(config, this.state)
  }

  tcb(index: number): Record<keyof typeof tcbRecord.offsets, number> {
    return tcbRecord.read(this.state, planLayout(this.config).connections + index * tcbRecord.words)
  }

  receive(head: Int32Array): void {
    const isSyn = head[HeaderWord.format] === Format.tcp && head[HeaderWord.flags] === TcpFlag.syn
    if (isSyn)
      this.aim(
        [HeaderWord.ipSource, HeaderWord.sourcePort, HeaderWord.destinationPort].map(
          (word) => head[word] as number,
        ),
      )
    this.words.set(head, SlotWord.head)
    this.words[SlotWord.verdict] = Verdict.accepted
    this.apply(Request.frame)
  }

  listen(port: number): void {
    this.call(Request.listen, [
      [ListenArgument.port, port],
      [ListenArgument.backlog, 8],
      [ListenArgument.cookie, 1],
    ])
  }

  /** `localPort` 0: the machine chooses one. */
  connect(remoteAddress: number, remotePort: number, localPort = 0): void {
    if (localPort !== 0) this.aim([remoteAddress, remotePort, localPort])
    this.call(Request.connect, [
      [ConnectArgument.remoteAddress, remoteAddress],
      [ConnectArgument.remotePort, remotePort],
      [ConnectArgument.localPort, localPort],
      [ConnectArgument.cookie, 2],
    ])
  }

  stream(kind: number, connection: number, position = 0): void {
    this.call(kind, [
      [StreamArgument.connection, connection],
      [StreamArgument.position, position],
    ])
  }

  apply(kind: number): void {
    const { words, world } = this
    words[SlotWord.kind] = kind
    words[SlotWord.time] = world.now | 0
    words[SlotWord.random] = world.random.next()
    this.machine.apply(0)
    this.shadow.apply(0)
    // Every connection may send again or anew what its ring holds, and has a few other things to say.
    const limit = this.config.connectionCount * (2 * this.config.segmentCount + 64)
    let actions = 0
    for (;;) {
      const emitted = this.compareAndPerform()
      actions += emitted
      if (actions > limit) throw new Error(`${this.name}: one request led to more than ${limit} actions`)
      const hasMore = this.machine.hasMore()
      if (hasMore !== this.shadow.hasMore()) throw new Error(`${this.name}: the shadow stopped elsewhere`)
      if (!hasMore) break
      if (emitted === 0) throw new Error(`${this.name}: more to emit, and nothing emitted`)
      this.machine.resume()
      this.shadow.resume()
    }
    this.mostActions = Math.max(this.mostActions, actions)
    if (this.machine.digest() !== this.shadow.digest()) throw new Error(`${this.name}: digests differ`)
    this.#invariants.check()
  }

  /** If the world says where sequence numbers begin: they will, for the connection that opens now. */
  private aim(tuple: readonly number[]): void {
    const { now, nextIsn } = this.world
    if (nextIsn === undefined || this.counters.activeOpens + this.counters.passiveOpens > 0) return
    const [remoteAddress = 0, remotePort = 0, localPort = 0] = tuple
    for (const state of [this.state, this.#shadowState]) {
      aimSequence(this.config, state, now, nextIsn, [remoteAddress, remotePort, localPort])
    }
  }

  private call(kind: number, values: readonly (readonly [word: number, value: number])[]): void {
    for (const [word, value] of values) this.words[SlotWord.arguments + word] = value
    this.apply(kind)
  }

  private compareAndPerform(): number {
    const length = this.#actions.count * actionWords
    const list = this.#actions.words.slice(0, length)
    if (this.#shadowActions.count !== this.#actions.count)
      throw new Error(`${this.name}: action counts differ`)
    this.#actions.clear()
    this.#shadowActions.clear()
    for (let at = 0; at < length; at += actionWords) {
      const action = list.subarray(at, at + actionWords)
      const head = carry(action, this.ether)
      if (head !== undefined) this.world.transmit(this, head)
      else this.application.perform(action)
    }
    return list.length / actionWords
  }
}

export class World {
  readonly random: Random
  readonly left: Host
  readonly right: Host
  readonly #wire: WireOptions
  readonly #arrivals: Arrival[] = []
  #order = 0
  /** Microseconds; begins near the wrap of 32 bits. */
  now = 0x7fff0000
  /** Where the sequence numbers of both ends begin; anywhere if undefined. */
  nextIsn: number | undefined
  transmitted = 0
  dropped = 0

  constructor(wire: WireOptions, config: Partial<MachineConfig> = {}, queueCapacity = 64) {
    this.#wire = wire
    this.random = new Random(wire.seed)
    const common = { ...testConfig, ...config }
    this.left = new Host(this, 'left', { ...common }, queueCapacity)
    const rightConfig = { ...common, address: peerAddress, etherHigh: peerEther[0], etherLow: peerEther[1] }
    this.right = new Host(this, 'right', rightConfig, queueCapacity)
  }

  get elapsedMicros(): number {
    return this.now - 0x7fff0000
  }

  transmit(from: Host, head: Int32Array): void {
    this.transmitted += 1
    const { random } = this
    const wire = this.#wire
    if (this.refuses(from, head)) return
    if (((head[HeaderWord.flags] as number) & TcpFlag.syn) !== 0 && head[HeaderWord.format] === Format.tcp) {
      head[HeaderWord.options] = (head[HeaderWord.options] as number) & ~(wire.strippedOptions ?? 0)
    }
    // ARP always arrives: three requests lost in a row make a connect fail, which is right and tested apart.
    const isArp = head[HeaderWord.format] === Format.arp
    if (random.chance(wire.lossProbability) && !isArp) {
      this.dropped += 1
      return
    }
    const copies = random.chance(wire.duplicationProbability) ? 2 : 1
    for (let copy = 0; copy < copies; copy += 1) {
      const jitter = wire.jitterMicros > 0 ? random.below(wire.jitterMicros) : 0
      const to = from === this.left ? this.right : this.left
      this.insert({ at: this.now + wire.delayMicros + jitter, order: this.#order++, to, head })
    }
  }

  /** Runs until `done`, at most `limitMicros` of virtual time; throws if it takes longer. */
  run(limitMicros: number, done: () => boolean): void {
    const end = this.now + limitMicros
    let idleTicks = 0
    for (let step = 0; step < maximumSteps; step += 1) {
      if (done()) return
      const before = this.now
      if (!this.step(end)) throw new Error(`not done after ${limitMicros} µs (seed ${this.#wire.seed})`)
      idleTicks = this.now === before ? idleTicks + 1 : 0
      if (idleTicks > stuckTicks) throw new Error(`time stands still (seed ${this.#wire.seed})`)
    }
    throw new Error(`not done after ${maximumSteps} steps (seed ${this.#wire.seed})`)
  }

  /** A router in the middle: what is too large for the path comes back as "fragmentation needed". */
  private refuses(from: Host, head: Int32Array): boolean {
    const { pathMtuBytes, pathMtuFromFrame } = this.#wire
    if (pathMtuBytes === undefined || this.transmitted < (pathMtuFromFrame ?? 0)) return false
    const headers = 40 + (((head[HeaderWord.options] as number) & OptionBit.timestamps) !== 0 ? 12 : 0)
    if (head[HeaderWord.format] !== Format.tcp) return false
    if ((head[HeaderWord.payloadLength] as number) + headers <= pathMtuBytes) return false
    const error = new Int32Array(64)
    error[HeaderWord.format] = Format.icmpError
    error[HeaderWord.etherDestinationHigh] = from.ether[0]
    error[HeaderWord.etherDestinationLow] = from.ether[1]
    error[HeaderWord.ipSource] = 0x0a0000fe
    error[HeaderWord.ipDestination] = head[HeaderWord.ipSource] as number
    error[HeaderWord.icmpType] = 3
    error[HeaderWord.icmpCode] = 4
    error[HeaderWord.quotedProtocol] = 6
    error[HeaderWord.quotedSource] = head[HeaderWord.ipSource] as number
    error[HeaderWord.quotedDestination] = head[HeaderWord.ipDestination] as number
    error[HeaderWord.quotedSourcePort] = head[HeaderWord.sourcePort] as number
    error[HeaderWord.quotedDestinationPort] = head[HeaderWord.destinationPort] as number
    error[HeaderWord.quotedSequence] = head[HeaderWord.sequence] as number
    error[HeaderWord.nextHopMtu] = pathMtuBytes
    this.insert({ at: this.now + this.#wire.delayMicros, order: this.#order++, to: from, head: error })
    return true
  }

  private step(end: number): boolean {
    const arrival = this.#arrivals[0]
    const leftDue = this.left.machine.microsUntilDeadline(this.now | 0)
    const rightDue = this.right.machine.microsUntilDeadline(this.now | 0)
    const timerDue = Math.min(leftDue, rightDue)
    const arrivalDue = arrival === undefined ? noDeadline : arrival.at - this.now
    if (Math.min(timerDue, arrivalDue) === noDeadline) return false
    if (this.now + Math.min(timerDue, arrivalDue) > end) return false
    if (arrival !== undefined && arrivalDue <= timerDue) {
      this.#arrivals.shift()
      this.now = Math.max(this.now, arrival.at)
      arrival.to.receive(arrival.head)
      return true
    }
    this.now += timerDue
    ;(leftDue <= rightDue ? this.left : this.right).apply(Request.tick)
    return true
  }

  private insert(arrival: Arrival): void {
    const list = this.#arrivals
    let low = 0
    let high = list.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((list[middle] as Arrival).at <= arrival.at) low = middle + 1
      else high = middle
    }
    list.splice(low, 0, arrival)
  }
}

/** The addresses of both ends. */
export const addresses = { left: localAddress, right: peerAddress, leftEther: localEther }
