/** The small tables: neighbors, listeners, connections in TIME-WAIT. */

import { addressField, type Cursor, defineRecord } from '../../wire/record.ts'
import type { MachineConfig } from '../config.ts'
import { compositeCount } from './composites.ts'
import { waitingDatagramCount } from './datagrams.ts'

/** Spare entries, for neighbors that no sender refers to. */
const spareNeighbors = 64

/**
 * Entries of the neighbor table: one for each sender that can refer to a neighbor (connections, datagrams that wait,
 * and composites), and spare ones. So there is always an entry without references, and a sender that needs an entry gets one.
 */
export function neighborCount(config: MachineConfig): number {
  return config.connectionCount + waitingDatagramCount(config) + compositeCount(config) + spareNeighbors
}

/** unresolved: senders refer to the entry, but its hardware address is not known and is not being asked for. */
export const NeighborState = { free: 0, incomplete: 1, reachable: 2, probing: 3, unresolved: 4 } as const

export const neighborRecord = defineRecord({
  state: 'NeighborState',
  address: addressField('IP address'),
  etherHigh: 'hardware address, first two bytes',
  etherLow: 'hardware address, last four bytes',
  deadline: 'when to ask again, or to doubt what is known',
  attempts: 'requests sent without an answer',
  usedAt: 'time of last use, microseconds',
  requestPending: '1 while an ARP request has to be emitted',
  references: 'senders whose next hop this is: as long as there are any, the entry stays',
  waitHead: 'who has waited for an answer for longest, sender + 1',
  waitTail: 'who began to wait last, sender + 1',
})
export type Neighbor = Cursor<typeof neighborRecord.fields>

export const listenerRecord = defineRecord({
  listening: '1 if the entry is in use',
  port: 'local port',
  backlog: 'most connections that may be in SYN-RECEIVED at once, and most that may wait to be accepted',
  halfOpen: 'connections now in SYN-RECEIVED',
  unaccepted: 'connections that were established and the application has not accepted',
  halfOpenHead: 'the last to become half-open, connection index + 1',
  unacceptedHead: 'the last to wait for being accepted, connection index + 1',
  cookie: "the application's",
})
export type Listener = Cursor<typeof listenerRecord.fields>

export const timeWaitRecord = defineRecord({
  active: '1 if the entry is in use',
  finWait2: '1 in FIN-WAIT-2: the FIN of the peer has not come yet',
  remoteAddress: addressField('of the peer'),
  ports: 'remote port in the high half, local port in the low half',
  sndNxt: 'SND.NXT',
  rcvNxt: 'RCV.NXT',
  rcvEdge: 'right edge of the window, as in the TCB',
  expiry: 'when 2 MSL, or the wait for the FIN, are over, microseconds',
  timestamps: '1 if the connection used timestamps',
  tsRecent: 'TS.Recent (RFC 6191)',
})
export type TimeWait = Cursor<typeof timeWaitRecord.fields>
