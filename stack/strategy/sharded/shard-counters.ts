/** What each worker counts about hand-overs; kept as all counters are. */
export const ShardCounter = {
  /** Slots handed to another worker, and taken from another. */
  handedOver: 0,
  takenOver: 1,
} as const
