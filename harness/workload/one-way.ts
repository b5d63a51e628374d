/**
 * What factors cannot mean where bytes go one way: a cell with such a value would be another cell by a second name. Pure.
 */
import type { Complaint } from '../matrix/complaints/complaint.ts'
import type { Factors } from '../matrix/factors.ts'

interface Asked {
  readonly id: string
  readonly factors: Factors
}

/** Where our stack only sends: what arrives are acknowledgments. */
export function complaintsAboutSender({ id, factors }: Asked): Complaint[] {
  if (factors.coalescing === undefined) return []
  const problem = `cell "${id}" has a coalescing, though our stack receives no data there`
  return [{ path: ['cells'], problem, remedy: 'leave it out there' }]
}

/** Where our stack only receives. */
export function complaintsAboutReceiver(cell: Asked): Complaint[] {
  const { payloadWork, offload } = cell.factors
  const isVouchedFor = payloadWork === 'checksum' && offload === 'on'
  const problem = `cell "${cell.id}" has payload work "checksum", but with offloads the link vouches for what arrives, and a copy is left`
  return [
    ...complaintsAboutNone(cell),
    ...(isVouchedFor ? [{ path: ['cells'], problem, remedy: 'use copy there' }] : []),
  ]
}

/** Where our stack sends no stream, there is nothing that it could send from where it lies. */
export function complaintsAboutNone({ id, factors }: Asked): Complaint[] {
  if (factors.payloadWork !== 'none') return []
  const problem = `cell "${id}" has payload work "none", but our stack sends no stream there, and copies`
  return [{ path: ['cells'], problem, remedy: 'use copy there' }]
}
