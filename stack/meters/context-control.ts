/**
 * Words shared by a metered thread and the main thread. The main thread writes `isMetered`, the metered thread the
 * others.
 */
export const ControlWord = {
  isMetered: 0,
  /** Cost of taking a time on that thread, in picoseconds. */
  timerPicos: 1,
  /** The system's number of that thread. */
  threadId: 2,
  words: 3,
} as const
