/** The lists of senders, whatever their kinds (see `senders/kind.ts`): who is pending, and who waits for which neighbor. */
import type { Core } from '../state/core.ts'
import { selectSender } from '../state/core.ts'
import { NeighborState, neighborRecord } from '../state/tables.ts'
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
    const { globals, layout, neighborLimit } = this.#core
    const { pendingHead, pendingTail } = globals
    claim(
      pendingHead === 0 && pendingTail === 0,
      () => `at rest, and sender ${pendingHead - 1} may have something to emit`,
    )
    this.#references.fill(0)
    this.#isListed.fill(0)
    for (let sender = 0; sender < layout.senderCount; sender += 1) this.checkSender(sender)
    for (let neighbor = 0; neighbor < neighborLimit; neighbor += 1) this.checkNeighbor(neighbor)
    for (let sender = 0; sender < layout.senderCount; sender += 1) this.checkWaiting(sender)
  }

  private checkSender(index: number): void {
    const { sender, neighborLimit } = this.#core
    selectSender(this.#core, index)
    claim(
      sender.isPending === 0 && sender.nextPending === 0,
      () => `sender ${index} is marked pending, and no list holds it`,
    )
    const { neighbor } = sender
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
      () => `sender ${index} is ${isListed ? 'not ' : ''}marked waiting, and ${isListed ? 'a' : 'no'} list holds it`,
    )
    claim(
      isListed || (sender.nextWaiting === 0 && sender.previousWaiting === 0),
      () => `sender ${index} waits for nobody, and links to others`,
    )
  }
}
