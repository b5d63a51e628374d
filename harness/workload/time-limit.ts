/** The time after which a transfer has failed. Pure. */
import type { Site } from './host-side.ts'

/** Lowest goodput that is no failure, in bytes a second; on an impaired path a low goodput is a result. */
const slowest = 2 * 2 ** 20
const slowestImpaired = 64 * 2 ** 10

/** Before and after the bytes. */
const graceSeconds = 20

/**
 * Many connections that begin at once overflow a queue of a thousand frames. The last of them may then wait for a
 * retransmission timer that has doubled several times, while nothing else is left to be sent.
 */
const manyConnections = 64
const backedOffSeconds = 60

export function timeLimitSeconds(
  bytes: number,
  { isImpaired }: Pick<Site, 'isImpaired'>,
  connections = 1,
): number {
  const backedOff = connections > manyConnections ? backedOffSeconds : 0
  return Math.ceil(graceSeconds + backedOff + bytes / (isImpaired ? slowestImpaired : slowest))
}
