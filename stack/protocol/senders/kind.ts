/**
 * A *sender* is whoever may have something to emit: a TCP connection, a neighbor that is asked for. The machine knows
 * senders by number and their kinds by this interface, and nothing of what they are. Kinds keep no state of their own.
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
}

/** Does nothing: what a kind has no use for, it takes from here, so that all kinds have one shape. */
export const inert: SenderKind<unknown> = {
  flush: () => true,
  resolved: () => {},
  unreachable: () => {},
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
