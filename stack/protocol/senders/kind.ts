/**
 * A *sender* is anything that may have something to emit, or has to be woken at some time: a TCP connection, or a
 * neighbor that ARP asks for. The machine knows senders only by number, and their kinds only by this interface. A
 * kind keeps no state of its own.
 *
 * `C` is the machine's `Core` (state/core.ts), which holds the kinds. It is a type parameter so that the two files do
 * not import each other.
 */
export interface SenderKind<C> {
  /**
   * Emits all that sender `index` has to emit. False: the action queue filled first, and `flush` is called again
   * later.
   */
  flush(core: C, index: number): boolean
  /**
   * The neighbor that sender `index` waited for has answered. May schedule the sender; emits nothing and asks for no
   * neighbor.
   */
  resolved(core: C, index: number): void
  /** The neighbor that sender `index` waited for does not answer. */
  unreachable(core: C, index: number): void
  /**
   * The deadline of sender `index` has come, which may be earlier than all of its timers. Does what is due, and arms
   * the earliest of the other timers (`armSender`), later than now; emits nothing.
   */
  fire(core: C, index: number): void
  /**
   * Ages the stamps of this kind (see `ageing.ts`). After a gap it makes all stamps as old as they can be, and all
   * timers due. Returns whether stamps are left that need the next sweep.
   */
  age(core: C, isAfterGap: boolean): boolean
}

/** Methods that do nothing, for what a kind does not need. With them all kinds have the same shape of object. */
export const inert: SenderKind<unknown> = {
  flush: () => true,
  resolved: () => {},
  unreachable: () => {},
  fire: () => {},
  age: () => false,
}

/** Senders `first` … `end` - 1 are of one kind. */
export interface SenderRange<C> {
  readonly kind: SenderKind<C>
  readonly first: number
  readonly end: number
}

/** The range that `sender` is in. */
export function rangeOf<C>(ranges: readonly SenderRange<C>[], sender: number): SenderRange<C> {
  let at = 0
  while (sender >= (ranges[at] as SenderRange<C>).end) at += 1
  return ranges[at] as SenderRange<C>
}
