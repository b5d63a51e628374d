/**
 * What factors cannot mean by the way that bytes go: a cell with such a value would be another cell by a second name. Pure.
 */
import type { Complaint } from '../matrix/complaints/complaint.ts'
import type { Factors } from '../matrix/factors.ts'

interface Asked {
  readonly id: string
  readonly factors: Factors
}

/** Where our stack only sends: what arrives are acknowledgments. */
export function complaintsAboutSender({ id, factors }: Asked): Complaint[] {
  const complaints: Complaint[] = []
  if (factors.coalescing !== undefined) {
    const problem = `cell "${id}" has a coalescing, though our stack receives no data there`
    complaints.push({ path: ['cells'], problem, remedy: 'leave it out there' })
  }
  if (factors.payloadWork === 'none' && factors.offload !== 'on' && factors.offload !== 'gso') {
    const problem = `cell "${id}" has payload work "none", but without offloads our stack has to sum every byte that it sends`
    complaints.push({
      path: ['cells'],
      problem,
      remedy: 'use checksum there, or set offload to "on" or "gso"',
    })
  }
  return complaints
}

/** Where our stack only receives. */
export function complaintsAboutReceiver(asked: Asked): Complaint[] {
  return asked.factors.offload === 'gso' ? complaintsAboutCutting(asked) : complaintsAboutPlacing(asked)
}

/**
 * Where our stack receives, whether or not it sends, too: without a copy it does so where payload is read to its place (see
 * `stack/strategy/parts/reading/frame-reader.ts`).
 */
export function complaintsAboutPlacing({ id, factors }: Asked): Complaint[] {
  const { payloadWork, offload, strategy, reader } = factors
  if (payloadWork !== 'none') return []
  if (offload !== 'on') {
    const problem = `cell "${id}" has payload work "none", but without offloads our stack has to look at every byte that arrives`
    return [{ path: ['cells'], problem, remedy: 'use copy there, or set offload to "on"' }]
  }
  if ((strategy === 'sequential' || strategy === 'replicated') && reader !== 'dedicated') return []
  const problem = `cell "${id}" has payload work "none", but a thread that reads without the connection's state cannot know where payload belongs, and copies`
  return [{ path: ['cells'], problem, remedy: 'use copy there' }]
}

/** Where our stack moves no stream, there is no place to send from or to read to. */
export function complaintsAboutNone({ id, factors }: Asked): Complaint[] {
  if (factors.payloadWork !== 'none') return complaintsAboutCutting({ id, factors })
  const problem = `cell "${id}" has payload work "none", but our stack moves no stream there, and copies`
  return [{ path: ['cells'], problem, remedy: 'use copy there' }]
}

/** Where our stack sends no segments with payload: the kernel cuts those of TCP only. */
export function complaintsAboutCutting({ id, factors }: Asked): Complaint[] {
  if (factors.offload !== 'gso') return []
  const problem = `cell "${id}" has frames that are cut by the kernel, but our stack sends no stream over TCP there`
  return [{ path: ['cells'], problem, remedy: 'set offload to "off" there' }]
}
