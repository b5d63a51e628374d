/**
 * What has to be true of a machine's state between two requests. Reads the state and nothing else, so it can check
 * any replica whose machine is at rest. Throws an error that names the record, the field and the values; returns
 * nothing.
 */
import { ActionQueue } from '../../../dominoes/contract/action-queue.ts'
import type { MachineConfig } from '../../config.ts'
import { senderKinds } from '../../senders/kinds.ts'
import { Core, selectConnection } from '../../state/core.ts'
import { State } from '../../state/tcb.ts'
import { newreno } from '../../tcp/congestion/newreno.ts'
import { claim } from './claim.ts'
import { checkComposites } from './composite.ts'
import { checkConnection } from './connection.ts'
import { checkReceiver } from './receiver.ts'
import { ScoreboardInvariants } from './scoreboard.ts'
import { SenderInvariants } from './sender.ts'
import { TableInvariants } from './table.ts'

/** Groups of claims. A test that has to break one of them can leave its group out. */
export const Claim = { scoreboard: 1, receiver: 2, tables: 4, timers: 8 } as const
const allClaims = 15

export class Invariants {
  /** Only its cursors and its layout are used: nothing is applied. */
  readonly #core: Core
  readonly #scoreboard: ScoreboardInvariants
  readonly #senders: SenderInvariants
  readonly #tables: TableInvariants
  readonly #claims: number

  constructor(config: MachineConfig, state: Int32Array, claims: number = allClaims) {
    this.#core = new Core(config, new Int32Array(256), state, new ActionQueue(64), newreno, senderKinds)
    this.#scoreboard = new ScoreboardInvariants(this.#core)
    this.#senders = new SenderInvariants(this.#core)
    this.#tables = new TableInvariants(this.#core)
    this.#claims = claims
  }

  /** Requests applied so far. */
  get requests(): number {
    return this.#core.globals.requests
  }

  /** Whether the request applied last has nothing more to emit. */
  get isAtRest(): boolean {
    return this.#core.globals.pendingHead === 0
  }

  /** Checks the state. The machine has to be at rest: it has applied a request and has no more actions to emit. */
  check(): void {
    const core = this.#core
    const claims = this.#claims
    if ((claims & Claim.tables) !== 0) {
      this.#senders.check()
      this.#tables.check()
      checkComposites(core)
    }
    for (let index = 0; index < core.globals.connectionsHigh; index += 1) {
      selectConnection(core, index)
      if (core.tcb.state === State.closed) {
        claim(core.tcb.timersArmed === 0, () => `connection ${index}: closed, and timers are armed`)
        continue
      }
      if ((claims & Claim.scoreboard) !== 0) this.#scoreboard.check()
      if ((claims & Claim.receiver) !== 0) checkReceiver(core)
      if ((claims & Claim.timers) !== 0) checkConnection(core)
    }
  }
}
