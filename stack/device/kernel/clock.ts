/**
 * Monotonic time in microseconds as a signed 32-bit integer that wraps every 71 minutes: compare with
 * `(a - b) | 0`. All threads of the process read the same clock. Once compiled it allocates nothing.
 */

export interface Clock {
  nowMicros(): number
}

/**
 * Microseconds from the system's monotonic epoch to this thread's `performance.now() === 0`, which is when
 * the thread started. Both read the same clock, one after the other. Of several attempts, the one with the
 * least time between the readings is the most exact.
 */
function measureThreadStartMicros(): number {
  let narrowest = Number.POSITIVE_INFINITY
  let start = 0
  for (let attempt = 0; attempt < 8; attempt++) {
    const before = performance.now()
    const [seconds, nanos] = process.hrtime()
    const after = performance.now()
    if (after - before < narrowest) {
      narrowest = after - before
      start = seconds * 1e6 + nanos / 1e3 - ((before + after) / 2) * 1e3
    }
  }
  return start
}

const threadStartMicros = measureThreadStartMicros()

export const monotonicClock: Clock = {
  nowMicros(): number {
    return (threadStartMicros + performance.now() * 1e3) | 0
  },
}
