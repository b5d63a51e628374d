/**
 * The requests that the protocol machine takes. All but a frame come with their arguments in the slot's
 * argument words. Positions in a byte stream are 32-bit, wrapping, counted from the first payload byte.
 */

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
  /** Done with the connection's buffers: nobody reads or writes any more. Closes an open one at a position. */
  release: 23,
  /** The application took a connection that was accepted: it counts no more against the backlog. */
  accept: 24,
  /** After the upcall `drained`, once no thread has anything in hand that touches the buffers: the index is free. */
  free: 25,
} as const

/** Argument words, counted from SlotWord.arguments. `cookie` is chosen by the application and comes back. */
export const ListenArgument = { cookie: 0, port: 1, backlog: 2 } as const
export const ConnectArgument = { cookie: 0, remoteAddress: 1, remotePort: 2, localPort: 3 } as const
/**
 * For send, read, close, abort, release, accept and free: the connection's id and, for the first three and release, a
 * position; release also says how far the application read. A position says all that earlier ones of its direction did:
 * it does no harm if a strategy applies two such requests in the other order.
 */
export const StreamArgument = { connection: 0, position: 1, consumed: 2 } as const
