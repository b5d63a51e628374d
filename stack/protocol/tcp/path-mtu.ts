/**
 * "Fragmentation needed" (RFC 1191, RFC 5927 section 7): smaller segments from now on. What is in flight was too
 * large to arrive, so SND.NXT goes back to SND.UNA, and the data is cut into new segments.
 */

import { disarmTimer } from '../state/clock.ts'
import type { Core } from '../state/core.ts'
import { Recovery, State, TcbFlag, Timer } from '../state/tcb.ts'
import { schedule } from './connections.ts'
import { ipAndTcpHeaderBytes, leastMaximumSegment, timestampOptionBytes } from './constants.ts'
import { clearSackCache } from './loss/sack-in.ts'
import { clearRing } from './loss/scoreboard.ts'

/** RFC 1191 section 7: sizes to try if the router did not say. */
const plateaus = [32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296]

export function lowerMaximumSegment(core: Core, nextHopMtu: number): void {
  const { tcb } = core
  if (tcb.state <= State.synReceived) return
  const overhead = ipAndTcpHeaderBytes + ((tcb.flags & TcbFlag.timestamps) !== 0 ? timestampOptionBytes : 0)
  const mtu = nextHopMtu > 0 ? nextHopMtu : plateauBelow(tcb.maximumSegment + overhead)
  const segment = Math.max(leastMaximumSegment, mtu - overhead)
  if (segment >= tcb.maximumSegment) return
  tcb.maximumSegment = segment
  clearRing(core)
  clearSackCache(core)
  tcb.sndNxt = tcb.sndUna
  tcb.recovery = Recovery.open
  tcb.inflation = 0
  tcb.duplicateAcks = 0
  tcb.flags &= ~(TcbFlag.undoPossible | TcbFlag.tlpOutstanding | TcbFlag.probePending | TcbFlag.rackValid)
  disarmTimer(core, Timer.retransmission)
  disarmTimer(core, Timer.reordering)
  disarmTimer(core, Timer.probe)
  schedule(core)
}

function plateauBelow(mtu: number): number {
  for (let index = 0; index < plateaus.length; index += 1) {
    const plateau = plateaus[index] as number
    if (plateau < mtu) return plateau
  }
  return 0
}
