/**
 * Two machines and a path between them, in virtual time: actions of one become decoded headers of the other without
 * any bytes. Each host has one thread. Frames, timers and calls wake it, and everything that waits then is handled
 * together, with one time stamp. Each host has a shadow, a second machine that gets the same requests and has to stay
 * equal.
 */

import { Random } from '../../device/random.ts'
import { ActionQueue, actionWords } from '../../dominoes/contract/action-queue.ts'
import { noDeadline } from '../../dominoes/contract/domain.ts'
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
import { localAddress, localEther, peerAddress, peerEther, testConfig } from './host.ts'
import { Invariants } from './invariants/invariants.ts'
import { HeadMerger } from './merged-head.ts'

/** This many wake-ups at one instant mean that something is stuck. */
const stuckWakes = 100_000
const mostWakes = 3_000_000

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

/** A frame under way; until it leaves, its `Way` may put another one in its place. */
export interface Arrival {
  readonly at: number
  readonly frame: Int32Array
}

/** What becomes of a frame between the hosts. */
export interface Way {
  /** Calls `world.arrives` for every copy of the frame that arrives. */
  carry(world: World, from: Host, head: Int32Array): void
}

/** How a host's thread differs from one that does everything at once. */
export interface ThreadHabits {
  /** Microseconds by which the thread is late for its wake-up with this number. */
  latenessMicros?(wake: number): number
  /** Whether a waiting frame is dropped unread because the next one supersedes it. */
  drops?(head: Int32Array, next: Int32Array): boolean
  /** Whether a waiting frame is told apart because the next one is its connection's next segment. */
  isFollowed?(head: Int32Array, next: Int32Array): boolean
  /** Whether segments of a flow that wait together are one frame. Default: not. */
  readonly merges?: boolean
  /** What the application does when the machine is at rest; as much as it can if absent. */
  act?(): void
}

export interface WorldPlan {
  readonly way: Way
  /** Super-frames are not cut on their way, as between hosts that take them. Default: they are. */
  readonly leavesFramesWhole?: boolean
  readonly seed?: number
  /** Microseconds; near the wrap of 32 bits unless said otherwise. */
  readonly startsAt?: number
  readonly config?: Partial<MachineConfig>
  /** Changes to `config` for one of the hosts. */
  readonly leftConfig?: Partial<MachineConfig>
  readonly rightConfig?: Partial<MachineConfig>
  readonly queueCapacity?: number
}

/** An event that wakes a host: a frame, or a call that was asked for. */
type Event = Arrival | { readonly at: number; readonly frame: undefined; readonly call: () => void }

/** A host's thread, with what waits for it. */
class Thread {
  readonly host: Host
  readonly #events: Event[] = []
  #stalledUntil = Number.NEGATIVE_INFINITY
  wakes = 0
  habits: ThreadHabits = {}

  constructor(host: Host) {
    this.host = host
  }

  /** When it runs next; Infinity if nothing wakes it. */
  wakesAt(now: number): number {
    const first = this.#events[0]?.at ?? Number.POSITIVE_INFINITY
    const due = this.host.machine.microsUntilDeadline(now | 0)
    const timerAt = due === noDeadline ? Number.POSITIVE_INFINITY : now + due
    return Math.max(this.#stalledUntil, now, Math.min(first, timerAt))
  }

  /** Asked when the thread should run now: whether it is late instead. */
  isLate(now: number): boolean {
    const micros = this.habits.latenessMicros?.(this.wakes) ?? 0
    if (micros === 0 || this.#stalledUntil === now) return false
    this.#stalledUntil = now + micros
    return true
  }

  add(event: Event): void {
    let index = this.#events.length
    while (index > 0 && (this.#events[index - 1] as Event).at > event.at) index -= 1
    this.#events.splice(index, 0, event)
  }

  /** Handles all that came until now, and lets the application act. */
  run(now: number): void {
    this.wakes += 1
    const { host, habits } = this
    const batch = habits.merges === true ? mergeFrames(this.#takeBatch(now)) : this.#takeBatch(now)
    let isApplied = false
    batch.forEach((event, index) => {
      if (event.frame === undefined) {
        event.call()
        return
      }
      const next = batch[index + 1]?.frame
      if (next !== undefined && habits.drops?.(event.frame, next) === true) return
      isApplied = true
      host.receive(event.frame, next !== undefined && habits.isFollowed?.(event.frame, next) === true)
    })
    if (!isApplied && host.machine.microsUntilDeadline(now | 0) === 0) host.apply(Request.tick)
    this.act()
  }

  act(): void {
    if (this.habits.act === undefined) this.host.application.act()
    else this.habits.act()
  }

  #takeBatch(now: number): Event[] {
    let count = 0
    while (count < this.#events.length && (this.#events[count] as Event).at <= now) count += 1
    return this.#events.splice(0, count)
  }
}

/** Segments that come one after the other, joined as far as they are one flow. */
function mergeFrames(batch: readonly Event[]): Event[] {
  const merger = new HeadMerger()
  const merged: Event[] = []
  for (const event of batch) {
    const last = merged.at(-1)
    const joined =
      last?.frame === undefined || event.frame === undefined
        ? undefined
        : merger.join(last.frame, event.frame)
    if (joined !== undefined) {
      merged[merged.length - 1] = { at: event.at, frame: joined }
      continue
    }
    merged.push(event)
    if (event.frame !== undefined) merger.begin(event.frame)
  }
  return merged
}

export class World implements Surroundings {
  readonly random: Random
  readonly left: Host
  readonly right: Host
  readonly #way: Way
  readonly #threads: readonly [Thread, Thread]
  readonly leavesFramesWhole: boolean
  readonly startedAt: number
  now: number
  /** Initial sequence number of both ends; undefined: whatever the machines compute. */
  nextIsn: number | undefined
  transmitted = 0
  dropped = 0
  wakes = 0

  constructor({ way, seed = 1, startsAt = 0x7fff0000, queueCapacity = 64, ...plan }: WorldPlan) {
    this.#way = way
    this.leavesFramesWhole = plan.leavesFramesWhole ?? false
    this.random = new Random(seed)
    this.startedAt = startsAt
    this.now = startsAt
    const common = { ...testConfig, ...plan.config }
    this.left = new Host(this, 'left', { ...common, ...plan.leftConfig }, queueCapacity)
    const right = { address: peerAddress, etherHigh: peerEther[0], etherLow: peerEther[1] }
    this.right = new Host(this, 'right', { ...common, ...plan.rightConfig, ...right }, queueCapacity)
    this.#threads = [new Thread(this.left), new Thread(this.right)]
  }

  get elapsedMicros(): number {
    return this.now - this.startedAt
  }

  transmit(from: Host, head: Int32Array): void {
    this.transmitted += 1
    this.#way.carry(this, from, head)
  }

  other(host: Host): Host {
    return host === this.left ? this.right : this.left
  }

  arrives(to: Host, arrival: Arrival): void {
    this.#threadOf(to).add(arrival)
  }

  /** Wakes the host's thread at time `at` and has it call `call`. */
  calls(host: Host, at: number, call: () => void): void {
    this.#threadOf(host).add({ at, frame: undefined, call })
  }

  behaves(host: Host, habits: ThreadHabits): void {
    this.#threadOf(host).habits = habits
  }

  /** Lets both applications do what they can, as after every wake-up. */
  act(): void {
    for (const thread of this.#threads) thread.act()
  }

  /**
   * Runs until `isOver`, at most `limitMicros` of virtual time; throws if it takes longer. `tell` describes the
   * progress.
   */
  run(limitMicros: number, isOver: () => boolean, tell: () => string): void {
    const end = this.now + limitMicros
    let wakesOfInstant = 0
    while (!isOver()) {
      const before = this.now
      if (!this.#step()) throw new Error(`nothing wakes anybody: ${tell()}`)
      if (this.now > end) throw new Error(`not done after ${limitMicros} µs: ${tell()}`)
      wakesOfInstant = this.now === before ? wakesOfInstant + 1 : 0
      if (wakesOfInstant > stuckWakes) throw new Error(`time stands still: ${tell()}`)
      if (this.wakes > mostWakes) throw new Error(`${mostWakes} wake-ups: ${tell()}`)
    }
  }

  /** One wake-up, of the host that is woken first; false if nothing ever wakes one. */
  #step(): boolean {
    const [left, right] = this.#threads
    const leftAt = left.wakesAt(this.now)
    const rightAt = right.wakesAt(this.now)
    const at = Math.min(leftAt, rightAt)
    if (at === Number.POSITIVE_INFINITY) return false
    this.now = at
    const thread = leftAt <= rightAt ? left : right
    if (thread.isLate(at)) return true
    this.wakes += 1
    thread.run(at)
    return true
  }

  #threadOf(host: Host): Thread {
    return this.#threads[host === this.left ? 0 : 1]
  }
}

/** The addresses of both ends. */
export const addresses = { left: localAddress, right: peerAddress, leftEther: localEther }
