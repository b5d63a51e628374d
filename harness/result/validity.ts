/**
 * Whether a measured sample counts. A sample whose bytes or states were wrong is kept and shown, but left out of every
 * median. Pure.
 */
import type { Measurement } from './sample.ts'

/** Why a sample is void; empty if it is sound. */
export function faultsOf(sample: Pick<Measurement, 'divergences' | 'deliveries'>): string[] {
  const faults: string[] = []
  if (sample.divergences > 0) faults.push(`${sample.divergences} state digests differed between replicas`)
  for (const { unit, sent, received, verified, mayBeLost = false } of sample.deliveries) {
    if (received !== sent && !mayBeLost) faults.push(`${sent} ${unit} were sent, ${received} received`)
    if (verified !== received) faults.push(`${received} ${unit} were received, ${verified} verified`)
  }
  return faults
}
