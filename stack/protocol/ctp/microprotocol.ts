/**
 * A microprotocol is one property of a composite protocol, switched on or off by itself, in the manner of the Configurable
 * Transport Protocol (Bridges, Wong, Hiltunen, Schlichting and Barrick, "A configurable and extensible transport protocol",
 * IEEE/ACM Transactions on Networking 2007). A composite is a set of them (`composition.ts`). What happens to a message is
 * an event; the microprotocols of the set hear it one after the other.
 *
 * A microprotocol keeps its words in the composite's record (`state/composites.ts`), and nothing anywhere else. `C` is the
 * machine's `Core`, as in `senders/kind.ts`.
 */

/** What becomes of a message that arrived. */
export const Disposition = {
  /** The application is told at once. */
  pass: 0,
  /** It is kept in the buffer, and the application told later. */
  hold: 1,
  drop: 2,
} as const

export interface Microprotocol<C> {
  /** A composite is opened: the record is all zero but for its socket. */
  onOpen(core: C): void
  /** Whether message `number` may leave now, for the first time or again. */
  permits(core: C, number: number, isAgain: boolean): boolean
  /** Message `number` leaves: its entry is the one at hand (`core.sentMessage`). */
  onMessageOut(core: C, number: number): void
  /**
   * Message `number` arrived, of this many bytes. Returns a `Disposition`; the highest of all microprotocols' holds, and
   * those after one that drops do not hear of the message.
   */
  onMessageIn(core: C, number: number, length: number, hasRoom: boolean): number
  /** Messages are ready to leave, none may, and none is under way whose end would change that. */
  onBlocked(core: C): void
  /** An acknowledgment arrived; it is in the head. */
  onAcknowledgment(core: C): void
  /** The application has read messages, so there is more room. */
  onRead(core: C): void
  /** The composite's deadline has come: does what is due, and arms what is not (`armComposite`). Emits nothing. */
  onTimer(core: C): void
  /** Emits what it owes the application. False: the queue filled first. */
  tell(core: C): boolean
  /** Whether it has something of its own to send. */
  wantsToSend(core: C): boolean
  /** Sends that; the next hop is known. False: the queue filled first. */
  send(core: C): boolean
  /** After a gap between requests (see `ageing.ts`): makes stamps as old as they can be, and timers due. */
  onGap(core: C): void
}

/** Methods that do nothing. With them all microprotocols have the same shape of object. */
export const indifferent: Microprotocol<unknown> = {
  onOpen: () => {},
  permits: () => true,
  onMessageOut: () => {},
  onMessageIn: () => Disposition.pass,
  onBlocked: () => {},
  onAcknowledgment: () => {},
  onRead: () => {},
  onTimer: () => {},
  tell: () => true,
  wantsToSend: () => false,
  send: () => true,
  onGap: () => {},
}
