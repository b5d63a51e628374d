/**
 * The time stamp of a request: 32 bits of microseconds, which never run backwards where a producer takes over from
 * another whose clock was read a moment later. Any thread.
 */

/**
 * Clocks of two threads differ by less than this. A reading that is further back comes from a clock that has
 * run past half its range.
 */
const differenceLimitMicros = 1_000_000

/**
 * `now`, or `last` if that is slightly later. After a stop of 36 to 71 minutes the clock seems to lie before
 * the last stamp. Were the stamp kept, time would stand still until the clock had wrapped round to it.
 */
export function notBefore(last: number, now: number): number {
  const ahead = (last - now) | 0
  return ahead > 0 && ahead < differenceLimitMicros ? last : now
}
