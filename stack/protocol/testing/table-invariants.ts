/** The machine's tables and lists: who is pending, free, half open, found by the hash, asked for by ARP. */
import type { Core } from '../state/core.ts'
import { selectConnection } from '../state/core.ts'
import { listenerRecord, NeighborState, neighborRecord, timeWaitRecord } from '../state/tables.ts'
import { State, TcbFlag } from '../state/tcb.ts'
import { lookupTuple } from '../state/tuple-hash.ts'
import { claim } from './claim.ts'

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
    claim(
      globals.pendingHead === 0 && globals.pendingTail === 0,
      () => `at rest, and connection ${globals.pendingHead - 1} has something to emit`,
    )
    this.checkNeighbors()
    this.walkFree()
    this.#halfOpen.fill(0)
    this.#unaccepted.fill(0)
    let found = 0
    for (let index = 0; index < globals.connectionsHigh; index += 1) found += this.checkConnection(index)
    this.checkListeners()
    found += this.checkTimeWait()
    this.checkHash(found)
  }

  private checkNeighbors(): void {
    const { neighbor, layout, globals } = this.#core
    let requests = 0
    for (let index = 0; index < this.#core.neighborLimit; index += 1) {
      neighbor.at = layout.neighbors + index * neighborRecord.words
      if (neighbor.requestPending !== 0) requests += 1
      const references = this.countReferences(index)
      claim(
        neighbor.references === references,
        () =>
          `neighbor ${index} counts ${neighbor.references} references, ${references} connections have one`,
      )
      if (neighbor.state === NeighborState.free) continue
      claim(
        index < globals.neighborsHigh,
        () => `neighbor ${index} is in use, beyond ${globals.neighborsHigh}`,
      )
      if (neighbor.state === NeighborState.unresolved) {
        claim(references > 0, () => `neighbor ${index} is kept unresolved for nobody`)
        continue
      }
      const isCovered =
        globals.deadlineArmed !== 0 &&
        globals.neighborArmed !== 0 &&
        ((neighbor.deadline - globals.neighborDeadline) | 0) >= 0 &&
        ((globals.neighborDeadline - globals.nextDeadline) | 0) >= 0
      claim(
        isCovered,
        () => `neighbor ${index} is due at ${neighbor.deadline}, after ${globals.nextDeadline}`,
      )
    }
    claim(
      globals.arpPendingCount === requests,
      () => `arpPendingCount is ${globals.arpPendingCount}, ${requests} neighbors wait for a request`,
    )
  }

  /** Open connections whose next hop is neighbor `index`. */
  private countReferences(index: number): number {
    const { globals, tcb } = this.#core
    let count = 0
    for (let connection = 0; connection < globals.connectionsHigh; connection += 1) {
      selectConnection(this.#core, connection)
      if (tcb.state !== State.closed && tcb.neighbor === index + 1) count += 1
    }
    return count
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

  /** Returns 1 if the hash has to hold it. */
  private checkConnection(index: number): number {
    const core = this.#core
    const { tcb } = core
    selectConnection(core, index)
    const has = (flag: number): boolean => (tcb.flags & flag) !== 0
    claim(!has(TcbFlag.pending), () => `connection ${index} is marked pending, and no list holds it`)
    if (tcb.state === State.closed) {
      this.count(index)
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
    }
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

  private checkHash(expected: number): void {
    const { state, layout } = this.#core
    let used = 0
    for (let at = layout.hash; at < layout.hash + layout.hashWords; at += 1) if (state[at] !== 0) used += 1
    claim(used === expected, () => `the tuple hash holds ${used} entries, not ${expected}`)
  }
}
