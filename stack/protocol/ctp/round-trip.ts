/** Round trips of messages, and the retransmission timeout that follows (RFC 6298). */
import type { Core } from '../state/core.ts'
import { maximumRtoMicros } from '../tcp/constants.ts'

/** RFC 6298 (2.1): before the first sample. */
const initialTimeoutMicros = 1_000_000

/** Takes a sample of `micros`; of a message that left once (Karn's algorithm). */
export function takeRoundTrip({ composite }: Core, micros: number): void {
  const sample = Math.min(Math.max(1, micros), maximumRtoMicros)
  if (composite.roundTrip === 0) {
    // RFC 6298 (2.2).
    composite.roundTrip = sample << 3
    composite.roundTripVariance = sample << 1
    return
  }
  // RFC 6298 (2.3).
  const error = sample - (composite.roundTrip >> 3)
  const deviation = error < 0 ? -error : error
  composite.roundTripVariance += deviation - (composite.roundTripVariance >> 2)
  composite.roundTrip += error
}

/** The timeout with its backoff, in microseconds. */
export function resendTimeout({ composite, config }: Core): number {
  const { roundTrip, roundTripVariance, timeouts } = composite
  const measured = (roundTrip >> 3) + Math.max(1, roundTripVariance)
  const timeout = roundTrip === 0 ? initialTimeoutMicros : Math.max(config.minimumRtoMicros, measured)
  return Math.min(maximumRtoMicros, timeout * (1 << timeouts))
}

/** How long after it left a message is lost, if one that left later was acknowledged (as RFC 8985). */
export function lossDelay({ composite, config }: Core): number {
  const smoothed = composite.roundTrip >> 3
  return smoothed + Math.max(config.reorderingFloorMicros, smoothed >> 2)
}
