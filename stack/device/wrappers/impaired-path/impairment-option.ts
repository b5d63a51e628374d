/**
 * How a path is impaired, as a user of the stack says it: what is absent does not happen. It holds for both directions
 * alike. Plain data, for threads and for files.
 */
import { ethernetHeaderBytes } from '../../../wire/ethernet.ts'
import type { Impairment } from '../../impairment-draw.ts'
import { type LinkParameters, perfectLink } from '../../simulated/link-direction.ts'

export interface ImpairmentOption extends Partial<LinkParameters> {
  /** Seeds every draw: 32 bits. Default 0. */
  readonly seed?: number
}

/** The longest delay. With a longer one, the bounded store of frames would overflow. */
export const longestDelayMicros = 1_000_000
export const slowestBitsPerSecond = 64_000
/** Default queue of a link with a rate. */
const defaultQueueBytes = 256 * 1024
/** One Ethernet frame of the usual size. A shorter queue would let no such frame pass. */
export const shortestQueueBytes = ethernetHeaderBytes + 1500

const probabilities = [
  'lossProbability',
  'duplicationProbability',
  'reorderProbability',
  'corruptionProbability',
]
const times = ['delayMicros', 'jitterMicros', 'reorderDelayMicros']
const names = [...probabilities, ...times, 'rateBitsPerSecond', 'queueBytes', 'seed']

/** Fills in what is absent. Throws RangeError for a value out of range. */
export function resolveImpairment(option: ImpairmentOption): LinkParameters {
  const { seed, ...chosen } = option
  for (const [name, value] of Object.entries(option)) {
    if (!names.includes(name)) throw new RangeError(`an impairment has no '${name}', but ${names.join(', ')}`)
    if (typeof value !== 'number' || Number.isNaN(value)) throw new RangeError(`${name} must be a number`)
  }
  for (const name of probabilities) within(name, chosen[name as keyof Impairment], 0, 1)
  for (const name of times) within(name, chosen[name as keyof Impairment], 0, longestDelayMicros)
  within('rateBitsPerSecond', chosen.rateBitsPerSecond, slowestBitsPerSecond, Number.POSITIVE_INFINITY)
  within('queueBytes', chosen.queueBytes, shortestQueueBytes, Number.POSITIVE_INFINITY)
  const isLimited = Number.isFinite(chosen.rateBitsPerSecond ?? Number.POSITIVE_INFINITY)
  if (chosen.queueBytes !== undefined && !isLimited) {
    throw new RangeError('queueBytes needs rateBitsPerSecond: nothing waits for a link without a rate')
  }
  if ((chosen.reorderProbability ?? 0) > 0 && (chosen.reorderDelayMicros ?? 0) === 0) {
    throw new RangeError('reorderProbability needs reorderDelayMicros: a frame is overtaken while it waits')
  }
  return { ...perfectLink, ...(isLimited ? { queueBytes: defaultQueueBytes } : {}), ...chosen }
}

function within(name: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || (value >= least && value <= most)) return
  throw new RangeError(`${name} must be ${least} to ${most}, not ${value}`)
}
