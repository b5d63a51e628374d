/** When a transfer has failed because it takes too long. Pure. */
import type { Site } from './host-side.ts'

/** In bytes a second; where the path is impaired, to be slow is the finding. */
const slowest = 2 * 2 ** 20
const slowestImpaired = 64 * 2 ** 10

/** Before and after the bytes. */
const graceSeconds = 20

export function timeLimitSeconds(bytes: number, { isImpaired }: Pick<Site, 'isImpaired'>): number {
  return Math.ceil(graceSeconds + bytes / (isImpaired ? slowestImpaired : slowest))
}
