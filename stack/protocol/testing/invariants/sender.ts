/**
 * The lists of senders of all kinds (see `senders/kind.ts`): which are pending, which wait for which neighbor, and
 * the heap of those that have a deadline.
 */
import type { SenderRange } from '../../senders/kind.ts'
import type { Core } from '../../state/core.ts'
import { selectSender } from '../../state/core.ts'
import { NeighborState, neighborRecord } from '../../state/tables.ts'
import { claim } from './claim.ts'

export class SenderInvariants {
  readonly #core: Core
  /** Per neighbor: senders that refer to it. */
  readonly #references: Int32Array
  /** Per sender: whether a wait list was found to hold it. */
  readonly #isListed: Uint8Array

  constructor(core: Core) {
    this.#core = core
    this.#references = new Int32Array(core.neighborLimit)
    this.#isListed = new Uint8Array(core.layout.senderCount)
  }

  check(): void {
    const { globals, kinds } = this.#core
    const { pendingHead } = globals
    claim(pendingHead === 0, () => `at rest, and sender ${pendingHead - 1} may have something to emit`)
    this.#references.fill(0)
    this.#isListed.fill(0)
    for (const range of kinds) {
      const end = this.usedEnd(range)
      for (let sender = range.first; sender < end; sender += 1) this.checkSender(sender)
    }
    for (let neighbor = 0; neighbor < globals.neighborsHigh; neighbor += 1) this.checkNeighbor(neighbor)
    for (const range of kinds) {
      const end = this.usedEnd(range)
      for (let sender = range.first; sender < end; sender += 1) this.checkWaiting(sender)
    }
    this.checkHeap()
  }

  /**
   * End of the senders to check. Those beyond the highest connection and neighbor are not in use; a list or a heap
   * place that names one of them is found when the list or the heap is walked.
   */
  private usedEnd({ first, end }: SenderRange<Core>): number {
    const { layout, globals } = this.#core
    if (first === layout.firstSender.connection) return first + globals.connectionsHigh
    if (first === layout.firstSender.neighbor) return first + globals.neighborsHigh
    return end
  }

  private checkSender(index: number): void {
    const { sender, neighborLimit, globals, state, layout } = this.#core
    selectSender(this.#core, index)
    claim(
      sender.isPending === 0 && sender.nextPending === 0,
      () => `sender ${index} is marked pending, and no list holds it`,
    )
    const { neighbor, place } = sender
    claim(
      place >= 0 && place <= globals.timedSenders,
      () => `sender ${index} is at place ${place - 1} of a heap of ${globals.timedSenders}`,
    )
    if (place !== 0) {
      const there = (state[layout.timers + place - 1] as number) - 1
      claim(there === index, () => `sender ${index} is at place ${place - 1}, where sender ${there} is`)
    }
    if (neighbor === 0) return
    claim(
      neighbor > 0 && neighbor <= neighborLimit,
      () => `sender ${index} refers to neighbor ${neighbor - 1}`,
    )
    this.#references[neighbor - 1] = (this.#references[neighbor - 1] as number) + 1
  }

  private checkNeighbor(index: number): void {
    const { neighbor, layout } = this.#core
    neighbor.at = layout.neighbors + index * neighborRecord.words
    const references = this.#references[index] as number
    claim(
      neighbor.references === references,
      () => `neighbor ${index} counts ${neighbor.references} references, ${references} senders have one`,
    )
    claim(
      neighbor.state !== NeighborState.unresolved || references > 0,
      () => `neighbor ${index} is kept unresolved for nobody`,
    )
    claim(
      neighbor.waitHead === 0 || neighbor.state === NeighborState.incomplete,
      () => `sender ${neighbor.waitHead - 1} waits for neighbor ${index}, which nobody asks for`,
    )
    this.walkWaiting(index)
  }

  private walkWaiting(index: number): void {
    const core = this.#core
    const { neighbor, sender, layout } = core
    let before = 0
    for (let link = neighbor.waitHead; link !== 0; link = sender.nextWaiting) {
      const reached = link - 1
      const list = (): string => `the list of those who wait for neighbor ${index}`
      claim(reached >= 0 && reached < layout.senderCount, () => `${list()} links to sender ${reached}`)
      claim(this.#isListed[reached] === 0, () => `${list()} reaches sender ${reached}, met before`)
      this.#isListed[reached] = 1
      selectSender(core, reached)
      claim(
        sender.neighbor === index + 1,
        () => `${list()} holds sender ${reached}, which refers to ${sender.neighbor - 1}`,
      )
      claim(
        sender.previousWaiting === before,
        () => `${list()} reaches sender ${reached} from ${before - 1}, not ${sender.previousWaiting - 1}`,
      )
      before = link
    }
    const { waitTail } = neighbor
    claim(
      waitTail === before,
      () => `sender ${before - 1} waits last for neighbor ${index}, its tail is ${waitTail - 1}`,
    )
  }

  private checkWaiting(index: number): void {
    const { sender } = this.#core
    selectSender(this.#core, index)
    const isListed = this.#isListed[index] !== 0
    claim(
      (sender.isWaiting !== 0) === isListed,
      () =>
        `sender ${index} is ${isListed ? 'not ' : ''}marked waiting, and ${isListed ? 'a' : 'no'} list holds it`,
    )
    claim(
      isListed || (sender.nextWaiting === 0 && sender.previousWaiting === 0),
      () => `sender ${index} waits for nobody, and links to others`,
    )
  }

  private checkHeap(): void {
    const { globals, state, layout, sender } = this.#core
    for (let place = 0; place < layout.senderCount; place += 1) {
      const link = state[layout.timers + place] as number
      if (link === 0 && place >= globals.timedSenders) continue
      claim(
        place < globals.timedSenders,
        () => `sender ${link - 1} is left at place ${place}, behind the heap`,
      )
      claim(
        link > 0 && link <= layout.senderCount,
        () => `place ${place} of the heap holds sender ${link - 1}`,
      )
      this.select(link)
      claim(
        sender.place === place + 1,
        () => `place ${place} holds sender ${link - 1}, which is at ${sender.place - 1}`,
      )
      if (place === 0) continue
      const { deadline } = sender
      this.select(state[layout.timers + ((place - 1) >> 1)] as number)
      claim(
        ((deadline - sender.deadline) | 0) >= 0,
        () => `sender ${link - 1} is due at ${deadline}, the one above it at ${sender.deadline}`,
      )
    }
  }

  private select(link: number): void {
    selectSender(this.#core, link - 1)
  }
}

/**
 * Claims that sender `index`, which has a timer due at `deadline`, is in the heap, with a deadline no later than
 * that.
 */
export function claimWoken(core: Core, index: number, deadline: number, what: () => string): void {
  const { sender } = core
  selectSender(core, index)
  claim(sender.place !== 0, () => `${what()} is due at ${deadline}, and nothing wakes it`)
  claim(
    ((deadline - sender.deadline) | 0) >= 0,
    () => `${what()} is due at ${deadline}, and woken at ${sender.deadline}`,
  )
}
