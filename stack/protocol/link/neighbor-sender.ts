/** A neighbor as a sender: it emits the ARP requests that ask for its hardware address. */
import { inert, type SenderKind } from '../senders/kind.ts'
import type { Core } from '../state/core.ts'
import { flushArpRequest } from './arp-output.ts'
import { selectNeighbor } from './neighbor-table.ts'
import { ageNeighbors, fireNeighborTimer } from './neighbors.ts'

export const neighborSender: SenderKind<Core> = {
  ...inert,

  flush(core, index) {
    selectNeighbor(core, index)
    return flushArpRequest(core)
  },

  fire(core, index) {
    selectNeighbor(core, index)
    fireNeighborTimer(core)
  },

  age: ageNeighbors,
}
