/** Timestamps that arrive (RFC 7323): protection against wrapped sequence numbers, and TS.Recent. */
import { HeaderWord, TcpFlag } from '../../wire/header.ts'
import { type Core, header } from '../state/core.ts'
import { TcbFlag } from '../state/tcb.ts'
import { mayAnswer } from './closing/reset.ts'
import { timestampOutdatedMillis } from './constants.ts'
import { hasFlag, hasTimestamps } from './incoming.ts'
import { isAfter, isBefore } from './sequence.ts'

/**
 * Section 5.3, R1: whether the segment at hand is refused; if so, schedules the ACK that answers it. A reset is never
 * refused.
 */
export function isRefusedByTimestamp(core: Core): boolean {
  const { tcb, globals } = core
  if ((tcb.flags & TcbFlag.timestamps) === 0 || hasFlag(core, TcpFlag.rst)) return false
  // Section 3.2 wants a segment without the option dropped. Like Linux we take it: some peers behind proxies
  // negotiate the option and then leave it out, and if their segments were dropped they would never get an answer.
  if (!hasTimestamps(core)) return false
  if (!isBefore(header(core, HeaderWord.timestampValue), tcb.tsRecent)) return false
  // Section 5.5: after 24 days TS.Recent is no longer valid.
  const ageMillis = (globals.millis - tcb.tsRecentMillis) | 0
  if (ageMillis > timestampOutdatedMillis || ageMillis < 0) return false
  globals.pawsRejected = (globals.pawsRejected + 1) | 0
  if (mayAnswer(core)) tcb.flags |= TcbFlag.ackNow
  return true
}

/** Section 4.3 (2): SEG.TSval >= TS.Recent and SEG.SEQ <= Last.ACK.sent. */
export function rememberTimestamp(core: Core): void {
  const { tcb, globals } = core
  if ((tcb.flags & TcbFlag.timestamps) === 0 || !hasTimestamps(core)) return
  if (isAfter(header(core, HeaderWord.sequence), tcb.rcvAcked)) return
  tcb.tsRecent = header(core, HeaderWord.timestampValue)
  tcb.tsRecentMillis = globals.millis
}
