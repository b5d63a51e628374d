/** How long an exchange of numbered datagrams may take, and how many of them may be under way. */
import type { Extent, Site } from '../host-side.ts'

/** For opening and closing the connection over which the sender tells how many datagrams there were. */
const graceSeconds = 20
/** How late a datagram may be; an impaired path can delay one by more than a second. */
const quietSecondsPlain = 0.5
const quietSecondsImpaired = 2
/** Less than the smallest queue on the way, the stack's receive buffer, holds: 178 of the longest datagrams. */
export const windowDatagrams = 128

export interface ExchangeTimes {
  readonly quietSeconds: number
  readonly timeoutSeconds: number
}

export function exchangeTimes({ settling, measured }: Extent, { isImpaired }: Site): ExchangeTimes {
  const quietSeconds = isImpaired ? quietSecondsImpaired : quietSecondsPlain
  return { quietSeconds, timeoutSeconds: Math.ceil(graceSeconds + settling + measured + quietSeconds) }
}
