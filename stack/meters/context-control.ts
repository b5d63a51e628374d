/** The few words between a metered thread and the main thread: the main thread writes the first, the other the second. */
export const ControlWord = {
  isMetered: 0,
  /** What taking a time costs on that thread, in picoseconds. */
  timerPicos: 1,
  /** The system's number of that thread. */
  threadId: 2,
  words: 3,
} as const
