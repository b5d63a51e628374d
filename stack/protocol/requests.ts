/**
 * The requests that the protocol machine takes. Those of the application have arguments, in the slot's argument
 * words. Positions in a byte stream are 32-bit, wrapping, counted from the first payload byte.
 */
import { addressField, type Declarations, defineRecord, type RecordKind } from '../wire/record.ts'

export const Request = {
  /** A frame that arrived; decoded to the slot's head by the check. */
  frame: 1,
  /** Time passed, nothing else: fires the timers that are due. */
  tick: 2,
  listen: 16,
  unlisten: 17,
  connect: 18,
  /** The send buffer holds bytes up to a stream position. */
  send: 19,
  /** The application consumed the receive buffer up to a stream position. */
  read: 20,
  /** The stream ends at a position (FIN after its last byte). */
  close: 21,
  /** Reset the connection. */
  abort: 22,
  /** The application no longer uses the connection's buffers. Closes a connection that is still open, at a position. */
  release: 23,
  /** The application took an accepted connection, which no longer counts against the backlog. */
  accept: 24,
  /** Comes after the upcall `drained`, once no thread is still at work on the connection's buffers: frees the index. */
  free: 25,

  bindDatagram: 32,
  sendDatagram: 33,
  /** The application has read the socket's receive buffer up to a position. */
  readDatagrams: 34,
  closeDatagram: 35,
  /** After the upcall `datagramDrained`, as `free`. */
  freeDatagram: 36,
} as const

/** Arguments, from SlotWord.arguments. `cookie` is chosen by the application and comes back. */
const listenRecord = defineRecord({
  cookie: "the application's",
  port: '1 … 65535',
  backlog: 'connections that may wait to be accepted',
})
export const ListenArgument = listenRecord.offsets

const connectRecord = defineRecord({
  cookie: "the application's",
  remoteAddress: addressField('of the peer'),
  remotePort: '1 … 65535',
  localPort: '1 … 65535; 0: any',
})
export const ConnectArgument = connectRecord.offsets

/**
 * For send, read, close, abort, release, accept and free. A position includes all earlier positions of its direction,
 * so a strategy may apply two such requests in either order.
 */
const streamRecord = defineRecord({
  connection: 'id',
  position: 'send, read, close and release: stream position',
  consumed: 'release: how far the application has read',
})
export const StreamArgument = streamRecord.offsets

const bindDatagramRecord = defineRecord({
  cookie: "the application's",
  localPort: '1 … 65535; 0: any',
  remoteAddress: addressField('of the one peer that is to be heard'),
  remotePort: 'its port; 0: everybody is heard',
  composite: '0: a UDP socket; else MicroprotocolBit bits + 1: a composite protocol with that peer',
})
export const BindDatagramArgument = bindDatagramRecord.offsets

/** For readDatagrams, closeDatagram and freeDatagram. */
const datagramSocketRecord = defineRecord({
  socket: 'id',
  position: 'readDatagrams: position in the receive buffer',
})
export const DatagramSocketArgument = datagramSocketRecord.offsets

const sendDatagramRecord = defineRecord({
  socket: 'id',
  position: 'of the payload in the send buffer: where the datagram before ends',
  length: 'bytes of payload',
  remoteAddress: addressField('destination; a connected socket has its own'),
  remotePort: 'destination port',
})
export const SendDatagramArgument = sendDatagramRecord.offsets

/** The arguments of each kind of request, for people. */
export const argumentRecords: Readonly<Record<number, RecordKind<Declarations>>> = {
  [Request.listen]: listenRecord,
  [Request.unlisten]: listenRecord,
  [Request.connect]: connectRecord,
  [Request.send]: streamRecord,
  [Request.read]: streamRecord,
  [Request.close]: streamRecord,
  [Request.abort]: streamRecord,
  [Request.release]: streamRecord,
  [Request.accept]: streamRecord,
  [Request.free]: streamRecord,
  [Request.bindDatagram]: bindDatagramRecord,
  [Request.sendDatagram]: sendDatagramRecord,
  [Request.readDatagrams]: datagramSocketRecord,
  [Request.closeDatagram]: datagramSocketRecord,
  [Request.freeDatagram]: datagramSocketRecord,
}

export function isDatagramRequest(kind: number): boolean {
  return kind >= Request.bindDatagram
}

/** A request as the application posts it: a record of the mailbox. Its arguments go to the slot as they are. */
export const MailWord = { kind: 0, arguments: 1 } as const
/** Arguments that travel with a posted request. */
export const postedArguments = 12
export const mailWords = MailWord.arguments + postedArguments
