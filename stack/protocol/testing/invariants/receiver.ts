/** The receiving side of one connection (see `tcp/receiving/reassembly.ts`, `tcp/window.ts`). */
import { type Core, selectSender } from '../../state/core.ts'
import { rangeLimit, State, TcbFlag, Timer } from '../../state/tcb.ts'
import { claim } from './claim.ts'

/** Checks the connection at hand. */
export function checkReceiver(core: Core): void {
  const { tcb, config, connection } = core
  if (tcb.state === State.synSent) return
  const of = (what: string): string => `connection ${connection}: ${what}`
  const hasFin = (tcb.flags & TcbFlag.finReceived) !== 0
  const room = (tcb.rcvEdge - tcb.rcvNxt) | 0
  // A FIN may take the sequence number after the window's last byte.
  claim(room >= (hasFin ? -1 : 0), () => of(`rcvNxt ${tcb.rcvNxt} is beyond rcvEdge ${tcb.rcvEdge}`))
  const unread = (tcb.rcvNxt - tcb.rcvConsumed) | 0
  claim(unread >= 0, () => of(`rcvConsumed ${tcb.rcvConsumed} is beyond rcvNxt ${tcb.rcvNxt}`))
  const promised = (tcb.rcvEdge - tcb.rcvConsumed) | 0
  claim(promised <= config.receiveBufferBytes, () =>
    of(`${promised} bytes are promised, the buffer has ${config.receiveBufferBytes}`),
  )
  const unacknowledged = (tcb.rcvNxt - tcb.rcvAcked) | 0
  claim(unacknowledged >= 0, () => of(`rcvAcked ${tcb.rcvAcked} is beyond rcvNxt ${tcb.rcvNxt}`))
  if (hasFin) {
    const untilFin = (tcb.rcvFin - tcb.rcvNxt) | 0
    claim(untilFin >= -1, () => of(`rcvNxt ${tcb.rcvNxt} is beyond the FIN at ${tcb.rcvFin}`))
  }
  selectSender(core, connection)
  const isWaiting = core.sender.isWaiting !== 0 || (tcb.flags & TcbFlag.ackNow) !== 0
  if (unacknowledged > 0 && !isWaiting) {
    claim((tcb.timersArmed & (1 << Timer.delayedAck)) !== 0, () =>
      of(`${unacknowledged} bytes wait for an ACK, and no timer will send it`),
    )
  }
  checkRanges(core, of, hasFin)
}

function checkRanges(core: Core, of: (what: string) => string, hasFin: boolean): void {
  const { tcb, state } = core
  const { ranges, rangeCount } = tcb
  claim(rangeCount >= 0 && rangeCount <= rangeLimit, () => of(`rangeCount is ${rangeCount}`))
  for (let index = 0; index < rangeCount; index += 1) {
    const left = state[ranges + 2 * index] as number
    const right = state[ranges + 2 * index + 1] as number
    const range = (): string => `range ${index} [${left}, ${right})`
    claim(((right - left) | 0) > 0, () => of(`${range()} is empty`))
    claim(((left - tcb.rcvNxt) | 0) > 0, () => of(`${range()} is not beyond rcvNxt ${tcb.rcvNxt}`))
    claim(((tcb.rcvEdge - right) | 0) >= 0, () => of(`${range()} is beyond rcvEdge ${tcb.rcvEdge}`))
    if (hasFin) claim(((tcb.rcvFin - right) | 0) >= 0, () => of(`${range()} is beyond the FIN ${tcb.rcvFin}`))
    for (let other = 0; other < index; other += 1) {
      const otherLeft = state[ranges + 2 * other] as number
      const otherRight = state[ranges + 2 * other + 1] as number
      const isApart = ((left - otherRight) | 0) > 0 || ((otherLeft - right) | 0) > 0
      claim(isApart, () => of(`${range()} touches [${otherLeft}, ${otherRight})`))
    }
  }
}
