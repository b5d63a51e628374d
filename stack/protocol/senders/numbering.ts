/**
 * Senders have one number each, kind after kind:
 *
 *   0 … connectionCount - 1 │ neighbors │ datagrams that wait for their next hop │ composites │ ageing sweep │ address defense
 *
 * Invariant: connections come first, so a connection's sender has the connection's index.
 */

import type { MachineConfig } from '../config.ts'
import { compositeCount } from '../state/composites.ts'
import { waitingDatagramCount } from '../state/datagrams.ts'
import { neighborCount } from '../state/tables.ts'

/** How many senders of each kind there are. What a kind does is in `kinds.ts`. */
export const senderCounts = {
  connection: ({ connectionCount }: MachineConfig): number => connectionCount,
  neighbor: neighborCount,
  datagram: waitingDatagramCount,
  composite: compositeCount,
  ageing: () => 1,
  addressDefense: () => 1,
} as const

export type SenderName = keyof typeof senderCounts
export const senderNames = Object.keys(senderCounts) as readonly SenderName[]

export interface SenderNumbers {
  /** Number of the first sender of each kind. */
  readonly first: Readonly<Record<SenderName, number>>
  readonly count: number
}

export function numberSenders(config: MachineConfig): SenderNumbers {
  const first: Partial<Record<SenderName, number>> = {}
  let count = 0
  for (const name of senderNames) {
    first[name] = count
    count += senderCounts[name](config)
  }
  return { first: first as SenderNumbers['first'], count }
}
