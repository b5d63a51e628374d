/**
 * Two machines and a path between them, in virtual time: actions of one become decoded headers of the other. Everything that
 * waits for a host's thread when it wakes is handled with one time stamp.
 */

import { Random } from '../../device/random.ts'
import type { MachineConfig } from '../config.ts'
import { localAddress, localEther, peerAddress, peerEther, testConfig } from './host.ts'
import { Host, type Surroundings } from './world-host.ts'
import { type Arrival, Thread, type ThreadHabits } from './world-thread.ts'

/** This many wake-ups at one instant mean that something is stuck. */
const stuckWakes = 100_000
const mostWakes = 3_000_000

/** What becomes of a frame between the hosts. */
export interface Way {
  /** Calls `world.arrives` for every copy of the frame that arrives. */
  carry(world: World, from: Host, head: Int32Array): void
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
