/**
 * A *sender* is whoever may have something to emit, or has to be woken for it: a TCP connection, a neighbor that is asked
 * for. The machine knows senders by number and their kinds by this interface, and nothing of what they are. Kinds keep no state of their own.
 *
 * `C` is the machine's `Core` (state/core.ts), which holds the kinds; a parameter, lest the two files import each other.
 */
export interface SenderKind<C> {
  /** Emits all that sender `index` has to emit; false if the action queue filled first: it is called again. */
  flush(core: C, index: number): boolean
  /** The neighbor that sender `index` waited for has answered. May schedule it; emits nothing and asks for no neighbor. */
  resolved(core: C, index: number): void
  /** It does not answer. */
  unreachable(core: C, index: number): void
  /**
   * The deadline of sender `index` has come, which may be earlier than any of its timers. Does what is due, and arms the
   * earliest that is still to come (`armSender`), later than now; emits nothing.
   */
  fire(core: C, index: number): void
  /**
   * Draws the stamps of this kind along (see `ageing.ts`); after a gap all are old, and all timers due. Whether there will
   * be stamps to age.
   */
  age(core: C, isAfterGap: boolean): boolean
}

/** Does nothing: what a kind has no use for, it takes from here, so that all kinds have one shape. */
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
