/** A timeline is how many bytes had arrived at every step of time, from 0. Pure. */

export const stepMillis = 5

/** The longest time without a byte between two moments, in milliseconds; resolution is one step. */
export function longestPause(bytes: readonly number[], fromMillis: number, toMillis: number): number {
  const first = Math.max(0, Math.floor(fromMillis / stepMillis))
  const last = Math.min(bytes.length - 1, Math.ceil(toMillis / stepMillis))
  let longest = 0
  let since = first
  for (let step = first + 1; step <= last; step++) {
    if (bytes[step] !== bytes[step - 1]) since = step
    longest = Math.max(longest, step - since)
  }
  return longest * stepMillis
}
