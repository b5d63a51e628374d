/** The time after which a transfer has failed. Pure. */
import type { Site } from './host-side.ts'

/** Lowest goodput that is no failure, in bytes a second; on an impaired path a low goodput is a result. */
const slowest = 2 * 2 ** 20
const slowestImpaired = 64 * 2 ** 10

/** Before and after the bytes. */
const graceSeconds = 20

export function timeLimitSeconds(bytes: number, { isImpaired }: Pick<Site, 'isImpaired'>): number {
  return Math.ceil(graceSeconds + bytes / (isImpaired ? slowestImpaired : slowest))
}
