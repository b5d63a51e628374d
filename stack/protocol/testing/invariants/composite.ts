/** What has to be true of every composite. */
import { selectComposite } from '../../ctp/composites.ts'
import { arrivedLength, selectSentMessage, windowOf } from '../../ctp/rings.ts'
import { compositeCount, MessageMark } from '../../state/composites.ts'
import type { Core } from '../../state/core.ts'
import { claim } from './claim.ts'

export function checkComposites(core: Core): void {
  for (let index = 0; index < compositeCount(core.config); index += 1) {
    selectComposite(core, index)
    if (core.composite.socket === 0) continue
    checkSent(core, index)
    checkArrived(core, index)
  }
}

function checkSent(core: Core, index: number): void {
  const { composite, sentMessage } = core
  const given = (composite.sendEnd - composite.sendOldest) | 0
  const left = (composite.sendNext - composite.sendOldest) | 0
  claim(0 <= left && left <= given && given <= windowOf(core), () => {
    return `composite ${index}: ${left} messages left of ${given}, in a window of ${windowOf(core)}`
  })
  let [inFlight, lost] = [0, 0]
  for (let number = composite.sendOldest; number !== composite.sendNext; number = (number + 1) | 0) {
    selectSentMessage(core, number)
    if ((sentMessage.marks & MessageMark.lost) !== 0) lost += 1
    else if ((sentMessage.marks & MessageMark.acknowledged) === 0) inFlight += 1
  }
  claim(inFlight === composite.inFlight && lost === composite.lost, () => {
    return `composite ${index}: ${inFlight} in flight and ${lost} lost, but the record says ${composite.inFlight}, ${composite.lost}`
  })
}

function checkArrived(core: Core, index: number): void {
  const { composite } = core
  let held = 0
  for (let ahead = 0; ahead < windowOf(core); ahead += 1) {
    const number = (composite.receiveNext + ahead) | 0
    const isBeyond = ((number - composite.receiveHigh) | 0) >= 0
    if (!isBeyond && arrivedLength(core, number) !== 0) held += 1
  }
  claim(held === composite.held, () => `composite ${index}: ${held} held, the record says ${composite.held}`)
}
