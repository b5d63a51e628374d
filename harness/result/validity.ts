/**
 * Whether a measured sample may count. Speed without correctness is no result: a sample whose bytes or states were
 * wrong is kept, shown and left out of every median. Pure.
 */
import type { MeasuredSample } from './sample.ts'

/** Why a sample is void; empty if it is sound. */
export function faultsOf(sample: MeasuredSample): string[] {
  const faults: string[] = []
  if (sample.divergences > 0) faults.push(`${sample.divergences} state digests differed between replicas`)
  if (sample.bytesReceived !== sample.bytesSent) {
    faults.push(`${sample.bytesSent} bytes were sent, ${sample.bytesReceived} received`)
  }
  if (sample.bytesVerified !== sample.bytesReceived) {
    faults.push(`${sample.bytesReceived} bytes were received, ${sample.bytesVerified} verified`)
  }
  return faults
}
