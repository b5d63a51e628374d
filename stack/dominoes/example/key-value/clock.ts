/** Monotonic microseconds, 32 bits, wrapping; the same on all threads of a process. */
export function nowMicros(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return (seconds * 1e6 + Math.trunc(nanoseconds / 1e3)) | 0
}
