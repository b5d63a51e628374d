/** The tables of UDP: sockets, which composite protocols use, too, and datagrams whose next hop is not known yet. */
import { addressField, type Cursor, defineRecord } from '../../wire/record.ts'
import type { MachineConfig } from '../config.ts'

/** closed: the application has closed the socket, but a thread may still be at work on its buffers. */
export const DatagramSocketState = { free: 0, open: 1, closed: 2 } as const

export const datagramSocketRecord = defineRecord({
  state: 'DatagramSocketState',
  generation: 'counts uses of this index; upper half of the id',
  localPort: 'our port',
  remoteAddress: addressField('of the one peer that is heard; unspecified: everybody is'),
  remotePort: 'its port; 0 if everybody is heard',
  neighbor:
    'entry of the neighbor table that was used last, index + 1: a hint, verified before it is believed',
  received: 'position in the receive buffer after the last datagram',
  consumed: 'position up to which the application has read',
  queued: 'position in the send buffer after the last datagram that the application gave',
  reported: 'position up to which the application knows that the room in the send buffer is free',
  composite: 'its composite + 1; 0: a UDP socket',
  waiting: 'datagrams that wait for their next hop',
  nextFree: 'next free socket, index + 1',
})
export type DatagramSocket = Cursor<typeof datagramSocketRecord.fields>

/** Datagrams that may wait for their next hop, of all sockets together. */
export function waitingDatagramCount({ datagramSocketCount }: MachineConfig): number {
  return datagramSocketCount === 0 ? 0 : waitingLimit
}
const waitingLimit = 128

export const waitingDatagramRecord = defineRecord({
  socket: 'index + 1; 0: the entry is free',
  remoteAddress: addressField('destination'),
  remotePort: 'destination port',
  nextHop: addressField('that the frame goes to'),
  position: 'of the payload in the send buffer',
  length: 'bytes of payload',
  isLost: '1 if its next hop does not answer',
  nextFree: 'next free entry, index + 1',
})
export type WaitingDatagram = Cursor<typeof waitingDatagramRecord.fields>

/**
 * Bytes that a datagram takes in a buffer: a multiple of 8, as copies are aligned, and at least 64, so that a buffer
 * holds a bounded number of empty datagrams.
 */
export function datagramRoom(length: number): number {
  return Math.max(leastRoomBytes, (length + 7) & ~7)
}
const leastRoomBytes = 64

/** Bytes of each socket's send and receive buffer: a power of two. */
export function datagramBufferBytes({ datagramSocketCount }: MachineConfig): number {
  return datagramSocketCount === 0 ? 0 : socketBufferBytes
}
const socketBufferBytes = 2 ** 18
