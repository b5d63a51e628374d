/** How an invariant is stated; one that does not hold is an error that names the record, the field and the values. */

export class InvariantError extends Error {
  override readonly name = 'InvariantError'
}

/** `what` is called only if the claim does not hold. */
export function claim(holds: boolean, what: () => string): void {
  if (!holds) throw new InvariantError(what())
}
