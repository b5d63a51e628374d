/**
 * The impairment of a path, as a factor and as a property of a topology's link; both directions are impaired alike. An
 * absent field impairs nothing, nor does `{}`. Invariant: the stack accepts what passes this schema.
 */
import { z } from 'zod'

const probability = z.number().min(0).max(0.5)
const micros = z.int().min(0).max(1_000_000)

const fields = {
  /** That a frame is lost, without a notice to either end. */
  lossProbability: probability.exactOptional(),
  delayMicros: micros.exactOptional(),
  /** Added to the delay, uniform from 0 to this; frames keep their order. */
  jitterMicros: micros.exactOptional(),
  /** A frame that is reordered arrives `reorderDelayMicros` later, and others overtake it. */
  reorderProbability: probability.exactOptional(),
  reorderDelayMicros: micros.exactOptional(),
  duplicationProbability: probability.exactOptional(),
  /** That one bit of a frame is flipped. Frames of ARP are spared, since ARP has no checksum. */
  corruptionProbability: probability.exactOptional(),
  /** Bits of whole frames. Frames that do not fit into the queue before the link are lost. */
  rateBitsPerSecond: z.int().min(64_000).max(100e9).exactOptional(),
  /** Default 256 KiB. */
  queueBytes: z
    .int()
    .min(1514)
    .max(64 * 2 ** 20)
    .exactOptional(),
}

export const impairmentSchema = z
  .strictObject(fields)
  .refine((path) => (path.reorderProbability ?? 0) === 0 || (path.reorderDelayMicros ?? 0) > 0, {
    path: ['reorderDelayMicros'],
    error: 'must be above 0: reorderProbability says how many frames wait so long while others overtake them',
  })
  .refine((path) => path.queueBytes === undefined || path.rateBitsPerSecond !== undefined, {
    path: ['rateBitsPerSecond'],
    error: 'must be there where queueBytes is: nothing waits for a link without a rate',
  })

export type PathImpairment = z.infer<typeof impairmentSchema>

export const impairmentFields = Object.keys(fields) as (keyof PathImpairment)[]

const shortNames: Readonly<Record<keyof PathImpairment, string>> = {
  lossProbability: 'loss',
  delayMicros: 'delay',
  jitterMicros: 'jitter',
  reorderProbability: 'reorder',
  reorderDelayMicros: 'by',
  duplicationProbability: 'duplication',
  corruptionProbability: 'corruption',
  rateBitsPerSecond: 'rate',
  queueBytes: 'queue',
}

/** As part of an identifier: `loss0.01-delay5000`, `none`; equal paths, equal text. */
export function identifyImpairment(path: PathImpairment): string {
  const said = impairmentFields.filter((name) => path[name] !== undefined)
  return said.map((name) => `${shortNames[name]}${path[name]}`).join('-') || 'none'
}

/** For a reader: `1 % loss, 5 ms delay`. */
export function describeImpairment(path: PathImpairment): string {
  const { lossProbability, delayMicros, jitterMicros, reorderProbability, reorderDelayMicros } = path
  const { duplicationProbability, corruptionProbability, rateBitsPerSecond, queueBytes } = path
  const parts = [
    percent(lossProbability, 'loss'),
    millis(delayMicros, 'delay'),
    millis(jitterMicros, 'jitter'),
    percent(reorderProbability, 'reordered') +
      (reorderProbability ? millis(reorderDelayMicros, '', ' by ') : ''),
    percent(duplicationProbability, 'duplicated'),
    percent(corruptionProbability, 'corrupted'),
    rateBitsPerSecond === undefined ? '' : `${rateBitsPerSecond / 1e6} Mbit/s`,
    queueBytes === undefined ? '' : `${queueBytes} B of queue`,
  ]
  return parts.filter((part) => part !== '').join(', ') || 'unimpaired'
}

function percent(share: number | undefined, what: string): string {
  return share === undefined || share === 0 ? '' : `${Number((share * 100).toPrecision(6))} % ${what}`
}

function millis(duration: number | undefined, what: string, before = ''): string {
  return duration === undefined || duration === 0 ? '' : `${before}${duration / 1000} ms ${what}`.trimEnd()
}
