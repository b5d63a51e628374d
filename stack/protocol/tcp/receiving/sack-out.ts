/** The SACK option of a segment that goes out (RFC 2018 section 4, RFC 2883 section 4). */
import { SegmentWord } from '../../actions.ts'
import type { Core } from '../../state/core.ts'
import { TcbFlag } from '../../state/tcb.ts'

const blockBytes = 8
/** Kind, length and two bytes of padding. */
const optionOverheadBytes = 4
/** 40 bytes of options hold four blocks, or three beside timestamps. */
const blockLimit = 4
const blockLimitWithTimestamps = 3

/**
 * Writes as many blocks as fit beside the payload: the duplicate to report, if any, then the ranges, most
 * recent first. False if there was something to report and no room for it.
 */
export function writeSackBlocks(core: Core, at: number, payloadLength: number): boolean {
  const { tcb, state, actions } = core
  const hasDuplicate = (tcb.flags & TcbFlag.dsackPending) !== 0
  if (tcb.rangeCount === 0 && !hasDuplicate) return true
  if ((tcb.flags & TcbFlag.sack) === 0) return true
  let limit = (tcb.flags & TcbFlag.timestamps) !== 0 ? blockLimitWithTimestamps : blockLimit
  if (payloadLength > 0) {
    const room = ((tcb.maximumSegment - payloadLength - optionOverheadBytes) / blockBytes) | 0
    if (room < limit) limit = room
  }
  if (limit <= 0) return false
  const { words } = actions
  let target = at + SegmentWord.sackBlocks
  let count = 0
  if (hasDuplicate) {
    words[target] = tcb.dsackLeft
    words[target + 1] = tcb.dsackRight
    target += 2
    count = 1
    tcb.flags &= ~TcbFlag.dsackPending
  }
  const { ranges, rangeCount } = tcb
  for (let index = 0; index < rangeCount && count < limit; index += 1) {
    words[target] = state[ranges + 2 * index] as number
    words[target + 1] = withFin(core, state[ranges + 2 * index + 1] as number)
    target += 2
    count += 1
  }
  words[at + SegmentWord.sackCount] = count
  return true
}

/** The right edge to report: a FIN that ends a range is held too, and counts as one in sequence space. */
function withFin(core: Core, right: number): number {
  const { tcb } = core
  return (tcb.flags & TcbFlag.finReceived) !== 0 && right === tcb.rcvFin ? (right + 1) | 0 : right
}
