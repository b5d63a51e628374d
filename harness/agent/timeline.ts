/** A timeline: for every step of `stepMillis` milliseconds, from 0, how many bytes had arrived by then. Pure. */

export const stepMillis = 5

/**
 * The longest time without a byte between two moments, in milliseconds; resolution is one step. The time after the last
 * byte does not count: the stream is complete, and its connections are closing.
 */
export function longestPause(bytes: readonly number[], fromMillis: number, toMillis: number): number {
  const first = Math.max(0, Math.floor(fromMillis / stepMillis))
  const end = bytes.indexOf(bytes.at(-1) ?? 0)
  const last = Math.min(end, Math.ceil(toMillis / stepMillis))
  let longest = 0
  let since = first
  for (let step = first + 1; step <= last; step++) {
    if (bytes[step] !== bytes[step - 1]) since = step
    longest = Math.max(longest, step - since)
  }
  return longest * stepMillis
}
