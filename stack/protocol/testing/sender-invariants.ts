/** The lists of senders, whatever their kinds (see `senders/kind.ts`). */
import type { Core } from '../state/core.ts'
import { type Sender, senderRecord } from '../state/sender.ts'
import { claim } from './claim.ts'

export class SenderInvariants {
  readonly #core: Core
  readonly #sender: Sender

  constructor(core: Core) {
    this.#core = core
    this.#sender = senderRecord.cursor(core.state, core.layout.senders)
  }

  check(): void {
    const { globals, layout } = this.#core
    const { pendingHead, pendingTail } = globals
    claim(
      pendingHead === 0 && pendingTail === 0,
      () => `at rest, and sender ${pendingHead - 1} may have something to emit`,
    )
    for (let sender = 0; sender < layout.senderCount; sender += 1) this.checkSender(sender)
  }

  private checkSender(sender: number): void {
    this.select(sender)
    const { isPending, nextPending } = this.#sender
    claim(
      isPending === 0 && nextPending === 0,
      () => `sender ${sender} is marked pending, and no list holds it`,
    )
  }

  private select(sender: number): void {
    this.#sender.at = this.#core.layout.senders + sender * senderRecord.words
  }
}
