/**
 * Numbered datagrams over UDP, all of one length, in one direction. UDP does not promise delivery: datagrams that do
 * not arrive are counted, but are no fault. Amounts are in seconds.
 */
import { z } from 'zod'
import type { Complaint } from '../../matrix/complaints/complaint.ts'
import { stacksAndLinux } from '../../matrix/factor.ts'
import type { Factors } from '../../matrix/factors.ts'
import { namesOf } from '../measuring.ts'
import { complaintsAboutCutting } from '../one-way.ts'
import { specify } from '../specification.ts'
import { datagramMeasures } from './measures.ts'

const seconds = z.number().min(0.1).max(60)

/** A UDP header is shorter than a TCP header by this number, so a datagram may be longer than a segment by as much. */
const shorterHeaderBytes = 12

export const datagrams = specify({
  settings: z.strictObject({
    kind: z.literal('datagrams'),
    /** How long each sample measures. */
    seconds,
    /** How long a stack's process works before its first sample (not in a quick run); with `linux`, before every sample. */
    warmupSeconds: seconds,
  }),
  factors: { required: ['direction', 'datagramBytes', 'offeredPerSecond'], optional: [] },
  strategies: stacksAndLinux,
  usesNetwork: true,
  measures: namesOf(datagramMeasures),
  mostRecorded: 0.25,
  isPredictable: () => false,

  complaintsAbout(_settings, cell) {
    const { id, factors } = cell
    return [
      ...complaintsAboutWork(id, factors),
      ...complaintsAboutLength(id, factors),
      ...complaintsAboutCutting(cell),
    ]
  },

  plan({ seconds, warmupSeconds }, { direction = 'send', datagramBytes = 64, offeredPerSecond = 0 }) {
    return {
      options: { direction, datagramBytes, offeredPerSecond },
      amount: { warmup: warmupSeconds, measured: seconds },
    }
  },
})

export type DatagramOptions = ReturnType<typeof datagrams.plan>['options']

function complaintsAboutWork(id: string, { payloadWork = 'checksum' }: Factors): Complaint[] {
  if (payloadWork === 'checksum') return []
  const problem = `cell "${id}" asks for ${payloadWork}, but datagrams are always copied and checksummed`
  return [{ path: ['cells'], problem, remedy: 'use checksum' }]
}

function complaintsAboutLength(id: string, { segmentBytes, datagramBytes = 0 }: Factors): Complaint[] {
  if (segmentBytes === undefined || datagramBytes <= segmentBytes + shorterHeaderBytes) return []
  const problem = `cell "${id}" has datagrams that do not fit its link`
  const remedy = `use at most ${segmentBytes + shorterHeaderBytes} bytes there`
  return [{ path: ['cells'], problem, remedy }]
}
