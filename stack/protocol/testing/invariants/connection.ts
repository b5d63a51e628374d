/**
 * Timers and pending flags of one connection: the armed timers match its state, and a timer or a neighbor's answer
 * will wake an open connection that has something to do. A connection that nothing wakes hangs forever.
 */

import { isSameAddress } from '../../../wire/address.ts'
import { selectNeighbor } from '../../link/neighbor-table.ts'
import { type Core, selectSender } from '../../state/core.ts'
import { Recovery, State, TcbFlag, Timer, timerCount } from '../../state/tcb.ts'
import { maximumRtoMicros } from '../../tcp/constants.ts'
import { claim } from './claim.ts'
import { claimWoken } from './sender.ts'

const immediateFlags = TcbFlag.synPending | TcbFlag.ackNow | TcbFlag.probePending | TcbFlag.windowProbePending
const timerNames = ['delayedAck', 'reordering', 'probe', 'retransmission', 'persist']
/** Checks the connection at hand; its machine has to be at rest. */
export function checkConnection(core: Core): void {
  const { tcb, config, connection } = core
  const of = (what: string): string => `connection ${connection} (state ${tcb.state}): ${what}`
  const has = (flag: number): boolean => (tcb.flags & flag) !== 0
  const isArmed = (timer: number): boolean => (tcb.timersArmed & (1 << timer)) !== 0
  const isOpening = tcb.state <= State.synReceived
  const isEmpty = tcb.ringHead === tcb.ringTail
  const isOpen = tcb.recovery === Recovery.open

  checkSequence(core, of, isOpening)
  checkDeadlines(core, of)

  selectSender(core, connection)
  const isWaiting = core.sender.isWaiting !== 0
  if (!isWaiting) {
    const left = tcb.flags & immediateFlags
    claim(left === 0, () => of(`at rest, and flags ${left} are to be acted upon`))
  } else {
    selectNeighbor(core, core.sender.neighbor - 1)
    const { address } = core.neighbor
    const isNextHop = isSameAddress(core.state, address, core.state, tcb.nextHop)
    claim(isNextHop, () => of('waits for a neighbor that is not its next hop'))
  }
  if (has(TcbFlag.probePending)) claim(isOpen && !isEmpty, () => of('a probe is due where none is allowed'))

  const isDue = isOpening || !isEmpty
  claim(isArmed(Timer.retransmission) === isDue, () =>
    of(`the retransmission timer is ${isDue ? 'not ' : ''}armed, ${tcb.ringTail - tcb.ringHead} in flight`),
  )
  if (isArmed(Timer.probe)) {
    const isAllowed = isOpen && !isEmpty && tcb.sackedBytes === 0 && !has(TcbFlag.tlpOutstanding)
    claim(isAllowed, () =>
      of(`the probe timer is armed, recovery ${tcb.recovery}, sacked ${tcb.sackedBytes}`),
    )
  }
  if (isArmed(Timer.reordering)) claim(tcb.timeHead !== 0, () => of('the reordering timer waits for nothing'))
  if (isArmed(Timer.persist)) claim(isEmpty, () => of('the persist timer is armed, with data in flight'))
  if (tcb.lostHead !== 0) claim(!isOpen, () => of('something is lost, and recovery is open'))
  const isQueued = (tcb.sndQueued - tcb.sndNxt) | 0
  const isFinDue = isQueued === 0 && has(TcbFlag.closeRequested)
  if (!isOpening && isEmpty && (isQueued > 0 || isFinDue) && !isWaiting) {
    claim(isArmed(Timer.persist), () => of(`${isQueued} bytes are queued, and nothing will send them`))
  }
  claim(tcb.cwnd >= 0 && (isOpening || tcb.ssthresh > 0), () =>
    of(`cwnd ${tcb.cwnd}, ssthresh ${tcb.ssthresh}`),
  )
  claim(tcb.maximumSegment >= 0 && tcb.maximumSegment <= config.mtuBytes, () =>
    of(`maximumSegment is ${tcb.maximumSegment}`),
  )
}

function checkSequence(core: Core, of: (what: string) => string, isOpening: boolean): void {
  const { tcb, config } = core
  const flight = (tcb.sndNxt - tcb.sndUna) | 0
  claim(flight >= 0, () => of(`sndUna ${tcb.sndUna} is beyond sndNxt ${tcb.sndNxt}`))
  claim(((tcb.sndMax - tcb.sndNxt) | 0) >= 0, () => of(`sndNxt ${tcb.sndNxt} is beyond sndMax ${tcb.sndMax}`))
  if (isOpening) claim(flight === 1, () => of(`${flight} bytes in flight while only a SYN can be`))
  const queued = (tcb.sndQueued - tcb.sndUna) | 0
  const fin = (tcb.flags & TcbFlag.finSent) !== 0 ? 1 : 0
  claim(queued >= -fin && queued <= config.sendBufferBytes + 1, () => of(`${queued} bytes are queued`))
}

function checkDeadlines(core: Core, of: (what: string) => string): void {
  const { tcb, state, globals, connection } = core
  for (let timer = 0; timer < timerCount; timer += 1) {
    if ((tcb.timersArmed & (1 << timer)) === 0) continue
    const deadline = state[tcb.deadlines + timer] as number
    const name = timerNames[timer]
    claimWoken(core, connection, deadline, () => of(`timer ${name}`))
    const ahead = (deadline - globals.lastNow) | 0
    // A deadline further ahead is a stamp that wrapped.
    claim(ahead <= maximumRtoMicros, () => of(`timer ${name} is due in ${ahead} µs`))
  }
}
