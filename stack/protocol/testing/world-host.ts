/**
 * A machine in a simulated world, with its application, and a shadow: a second machine that gets the same requests and has to
 * stay equal. Actions become decoded headers without any bytes.
 */
import type { Random } from '../../device/random.ts'
import { ActionQueue, actionWords } from '../../dominoes/contract/action-queue.ts'
import { SlotWord, slotHeadWords } from '../../dominoes/contract/slot.ts'
import { mapIpv4 } from '../../wire/address.ts'
import { Format, HeaderWord, TcpFlag, Verdict } from '../../wire/header.ts'
import type { MachineConfig } from '../config.ts'
import { createMachine, type Machine, stateWords } from '../machine.ts'
import { ConnectArgument, ListenArgument, Request, StreamArgument } from '../requests.ts'
import { type Globals, globalRecord } from '../state/globals.ts'
import { planLayout } from '../state/layout.ts'
import { tcbRecord } from '../state/tcb.ts'
import { aimSequence } from './aim-sequence.ts'
import { Application } from './application.ts'
import { carry } from './carry.ts'
import { Invariants } from './invariants/invariants.ts'

/** What a host needs of the world that it is in. */
export interface Surroundings {
  readonly leavesFramesWhole: boolean
  /** Microseconds; a request's time is these, cut to 32 bits. */
  readonly now: number
  readonly random: Random
  /** Initial sequence number of a host's first connection; undefined: whatever the machine computes. */
  readonly nextIsn: number | undefined
  transmit(from: Host, head: Int32Array): void
}

export class Host {
  readonly world: Surroundings
  readonly name: 'left' | 'right'
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

  constructor(world: Surroundings, name: 'left' | 'right', config: MachineConfig, queueCapacity: number) {
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

  receive(head: Int32Array, isFollowed = false): void {
    const isSyn = head[HeaderWord.format] === Format.tcp && head[HeaderWord.flags] === TcpFlag.syn
    if (isSyn)
      this.aim(
        [HeaderWord.ipSource + 3, HeaderWord.sourcePort, HeaderWord.destinationPort].map(
          (word) => head[word] as number,
        ),
      )
    this.words.set(head, SlotWord.head)
    this.words[SlotWord.head + HeaderWord.isFollowed] = isFollowed ? 1 : 0
    const isDamaged = head[HeaderWord.format] === Format.none
    this.words[SlotWord.verdict] = isDamaged ? Verdict.badChecksum : Verdict.accepted
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
      ...mapIpv4(remoteAddress).map((word, k) => [ConnectArgument.remoteAddress + k, word] as const),
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
    // Each connection may send every segment of its ring again, send as many new ones, and emit a few other actions.
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

  /**
   * If the world has a `nextIsn`, the connection that opens now will begin with it; only a host's first connection
   * does.
   */
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
      const heads = carry(action, this.ether, this.world.leavesFramesWhole)
      for (const head of heads) this.world.transmit(this, head)
      if (heads.length === 0) this.application.perform(action)
    }
    return list.length / actionWords
  }
}
