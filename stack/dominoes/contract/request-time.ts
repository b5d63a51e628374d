/**
 * The time stamp of a request: 32 bits of microseconds, which never run backwards where a producer takes over from
 * another whose clock was read a moment later. Any thread.
 */

/** Clocks of two threads differ by less; whoever is further back did not read early, the clock went on past half its range. */
const differenceLimitMicros = 1_000_000

/**
 * `now`, or `last` if that is slightly later. A process that was stopped for 36 to 71 minutes reads a clock that seems to
 * lie before the last stamp; to hold on to the stamp would let time stand still until the clock has come round to it.
 */
export function notBefore(last: number, now: number): number {
  const ahead = (last - now) | 0
  return ahead > 0 && ahead < differenceLimitMicros ? last : now
}
