/** Workloads that send for a time instead of so many bytes: both ends know what comes only if it repeats. Pure. */
import type { Complaint } from '../matrix/complaints/complaint.ts'
import type { Factors } from '../matrix/factors.ts'

export function complaintsAboutUnknownLength({ id, factors }: { id: string; factors: Factors }): Complaint[] {
  if (factors.payloadWork !== 'cipher') return []
  const problem = `cell "${id}" would encipher a stream of unknown length, which nobody could compare`
  return [{ path: ['cells'], problem, remedy: 'use checksum or copy' }]
}
