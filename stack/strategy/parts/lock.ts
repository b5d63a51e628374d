/** A lock, for the thread that holds the object: who has acquired releases. Not reentrant. */
export interface Lock {
  acquire(): void
  release(): void
}
