/**
 * The machine's tables and lists: free connections, listeners and their connections, the tuple hash, TIME-WAIT,
 * neighbors.
 */
import { sweepMicros } from '../../state/clock.ts'
import type { Core } from '../../state/core.ts'
import { selectConnection, selectSender } from '../../state/core.ts'
import { listenerRecord, NeighborState, neighborRecord, timeWaitRecord } from '../../state/tables.ts'
import { State, TcbFlag } from '../../state/tcb.ts'
import { lookupTuple } from '../../state/tuple-hash.ts'
import { claim } from './claim.ts'
import { claimWoken } from './sender.ts'

export class TableInvariants {
  readonly #core: Core
  /** Per connection: whether it is in the list of free ones. */
  readonly #isFree: Uint8Array
  readonly #halfOpen: Int32Array
  readonly #unaccepted: Int32Array

  constructor(core: Core) {
    this.#core = core
    this.#isFree = new Uint8Array(core.config.connectionCount)
    this.#halfOpen = new Int32Array(core.config.listenerCount)
    this.#unaccepted = new Int32Array(core.config.listenerCount)
  }

  check(): void {
    const { globals } = this.#core
    this.checkNeighbors()
    this.walkFree()
    this.#halfOpen.fill(0)
    this.#unaccepted.fill(0)
    let found = 0
    for (let index = 0; index < globals.connectionsHigh; index += 1) found += this.checkConnection(index)
    this.checkListeners()
    found += this.checkTimeWait()
    this.checkHash(found)
    this.checkSweep(found)
  }

  private checkNeighbors(): void {
    const { neighbor, layout, globals } = this.#core
    for (let index = 0; index < this.#core.neighborLimit; index += 1) {
      neighbor.at = layout.neighbors + index * neighborRecord.words
      if (neighbor.state === NeighborState.free && neighbor.requestPending === 0) continue
      claim(neighbor.requestPending === 0, () => `at rest, and neighbor ${index} has a request to send`)
      claim(
        index < globals.neighborsHigh,
        () => `neighbor ${index} is in use, beyond ${globals.neighborsHigh}`,
      )
      if (neighbor.state === NeighborState.unresolved) continue
      const number = layout.firstSender.neighbor + index
      claimWoken(this.#core, number, neighbor.deadline, () => `neighbor ${index}`)
    }
  }

  private walkFree(): void {
    const core = this.#core
    const { globals, tcb } = core
    this.#isFree.fill(0)
    for (let link = globals.freeHead; link !== 0; link = tcb.nextFree) {
      const index = link - 1
      claim(index >= 0 && index < globals.connectionsHigh, () => `the free list links to connection ${index}`)
      claim(this.#isFree[index] === 0, () => `the free list reaches connection ${index} twice`)
      this.#isFree[index] = 1
      selectConnection(core, index)
      claim(tcb.state === State.closed, () => `connection ${index} is free in state ${tcb.state}`)
    }
  }

  /** Returns 1 if the tuple hash has to hold the connection, else 0. */
  private checkConnection(index: number): number {
    const core = this.#core
    const { tcb, sender } = core
    selectConnection(core, index)
    const has = (flag: number): boolean => (tcb.flags & flag) !== 0
    if (tcb.state === State.closed) {
      this.count(index)
      selectSender(core, index)
      claim(sender.neighbor === 0, () => `connection ${index} is closed, and refers to a neighbor`)
      claim(sender.place === 0, () => `connection ${index} is closed, and in the timer heap`)
      const isHeld = has(TcbFlag.held)
      claim(
        (this.#isFree[index] === 1) !== isHeld,
        () => `connection ${index} is closed, ${isHeld ? 'held and free' : 'not held and not free'}`,
      )
      return 0
    }
    this.count(index)
    const entry = lookupTuple(core, core.state, tcb.remoteAddress, tcb.remotePort, tcb.localPort)
    claim(entry === index + 1, () => `the tuple of connection ${index} leads to entry ${entry}`)
    return 1
  }

  /** Where the connection at hand counts: half-open in SYN-RECEIVED, else as not accepted yet. */
  private count(index: number): void {
    const { tcb, config } = this.#core
    if (tcb.listener === 0) return
    claim(
      tcb.listener <= config.listenerCount && tcb.state !== State.synSent,
      () => `connection ${index} in state ${tcb.state} counts with listener ${tcb.listener - 1}`,
    )
    const counts = tcb.state === State.synReceived ? this.#halfOpen : this.#unaccepted
    counts[tcb.listener - 1] = (counts[tcb.listener - 1] as number) + 1
  }

  private checkListeners(): void {
    const { listener, layout, config } = this.#core
    for (let index = 0; index < config.listenerCount; index += 1) {
      listener.at = layout.listeners + index * listenerRecord.words
      const halfOpen = this.#halfOpen[index] as number
      const unaccepted = this.#unaccepted[index] as number
      claim(
        listener.listening !== 0 || halfOpen + unaccepted === 0,
        () => `listener ${index} is closed, ${halfOpen} + ${unaccepted} connections count with it`,
      )
      if (listener.listening === 0) continue
      claim(
        listener.halfOpen === halfOpen && listener.unaccepted === unaccepted,
        () =>
          `listener ${index} counts ${listener.halfOpen} half-open and ${listener.unaccepted} unaccepted, ` +
          `there are ${halfOpen} and ${unaccepted}`,
      )
      this.walkAtListener(index, listener.halfOpenHead, true)
      this.walkAtListener(index, listener.unacceptedHead, false)
    }
  }

  /** Claims that the list from `head` holds exactly the connections that count at listener `index`. */
  private walkAtListener(index: number, head: number, isOfHalfOpen: boolean): void {
    const core = this.#core
    const { tcb } = core
    let left = (isOfHalfOpen ? this.#halfOpen : this.#unaccepted)[index] as number
    let before = 0
    for (let link = head; link !== 0; link = tcb.nextAtListener) {
      selectConnection(core, link - 1)
      const isMember = tcb.listener === index + 1 && (tcb.state === State.synReceived) === isOfHalfOpen
      claim(isMember, () => `listener ${index} lists connection ${link - 1} in state ${tcb.state}`)
      claim(
        tcb.previousAtListener === before,
        () => `listener ${index} reaches connection ${link - 1} from ${before - 1}`,
      )
      claim(left > 0, () => `listener ${index} lists more than count at it`)
      left -= 1
      before = link
    }
    claim(left === 0, () => `listener ${index} does not list ${left} that count at it`)
  }

  private checkTimeWait(): number {
    const core = this.#core
    const { timeWait, layout, config } = core
    let active = 0
    for (let index = 0; index < config.timeWaitCount; index += 1) {
      timeWait.at = layout.timeWait + index * timeWaitRecord.words
      if (timeWait.active === 0) continue
      active += 1
      const { remoteAddress, ports } = timeWait
      const entry = lookupTuple(core, core.state, remoteAddress, ports >>> 16, ports & 0xffff)
      claim(entry === -(index + 1), () => `the tuple of TIME-WAIT entry ${index} leads to entry ${entry}`)
    }
    return active
  }

  /** Claims that the sweep is armed while connections or TIME-WAIT entries have stamps that age. */
  private checkSweep(found: number): void {
    const core = this.#core
    if (found === 0) return
    claimWoken(
      core,
      core.layout.firstSender.ageing,
      (core.globals.lastNow + sweepMicros) | 0,
      () => 'the sweep',
    )
  }

  private checkHash(expected: number): void {
    const { state, layout } = this.#core
    let used = 0
    for (let at = layout.hash; at < layout.hash + layout.hashWords; at += 1) if (state[at] !== 0) used += 1
    claim(used === expected, () => `the tuple hash holds ${used} entries, not ${expected}`)
  }
}
