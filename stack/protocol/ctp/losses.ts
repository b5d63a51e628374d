/**
 * Which messages that left are acknowledged, and which are lost. One is lost by time: if one that left later was
 * acknowledged, and it has been under way for longer than such a message needs; as for TCP, since replicas reorder.
 *
 * Invariant: of the messages from sendOldest to before sendNext, `inFlight` are neither acknowledged nor lost, and `lost`
 * are lost.
 */
import { MessageMark } from '../state/composites.ts'
import type { Core } from '../state/core.ts'
import { isBefore } from '../tcp/sequence.ts'
import { armComposite } from './composites.ts'
import { selectSentMessage } from './rings.ts'
import { lossDelay, takeRoundTrip } from './round-trip.ts'

/** The peer has message `number`, which left. */
export function acknowledge(core: Core, number: number): void {
  const { composite, sentMessage, now } = core
  selectSentMessage(core, number)
  const { marks, sentAt } = sentMessage
  if ((marks & MessageMark.acknowledged) !== 0) return
  if ((marks & MessageMark.lost) !== 0) composite.lost -= 1
  else composite.inFlight -= 1
  sentMessage.marks = (marks & ~MessageMark.lost) | MessageMark.acknowledged
  core.messagesAcknowledged += 1
  const micros = (now - sentAt) | 0
  const isAgain = (marks & MessageMark.again) !== 0
  if (!isAgain) takeRoundTrip(core, micros)
  // Of a message that left twice, an acknowledgment that comes that soon is for the first time.
  if (isAgain && micros < composite.roundTrip >> 4) return
  if (!leftBeforeLatest(core, number, sentAt)) {
    composite.latestSentAt = sentAt
    composite.latestNumber = number
  }
}

/** Finds what is lost by now, and arms the timer for what may be lost later. */
export function detectLosses(core: Core): void {
  const { composite, sentMessage, now } = core
  const delay = lossDelay(core)
  composite.lossTimer = 0
  for (let number = composite.sendOldest; number !== composite.sendNext; number = (number + 1) | 0) {
    selectSentMessage(core, number)
    const { marks, sentAt } = sentMessage
    if ((marks & (MessageMark.acknowledged | MessageMark.lost)) !== 0) continue
    if (!leftBeforeLatest(core, number, sentAt)) {
      // Messages leave for the first time in the order of their numbers: no later one left before.
      if ((marks & MessageMark.again) === 0) break
      continue
    }
    const deadline = (sentAt + delay) | 0
    if (((deadline - now) | 0) <= 0) lose(core, number)
    else if (composite.lossTimer === 0 || ((deadline - composite.lossDeadline) | 0) < 0) {
      composite.lossTimer = 1
      composite.lossDeadline = deadline
    }
  }
  if (composite.lossTimer !== 0) armComposite(core, composite.lossDeadline)
}

/** Whether a message left before the latest that was acknowledged. Those that left together left in their order. */
function leftBeforeLatest({ composite }: Core, number: number, sentAt: number): boolean {
  const later = (composite.latestSentAt - sentAt) | 0
  return later > 0 || (later === 0 && isBefore(number, composite.latestNumber))
}

/** All that is in flight is lost: nothing was heard of it for a timeout. */
export function loseAll(core: Core): void {
  const { composite, sentMessage } = core
  for (let number = composite.sendOldest; composite.inFlight > 0; number = (number + 1) | 0) {
    selectSentMessage(core, number)
    const isOver = (sentMessage.marks & (MessageMark.acknowledged | MessageMark.lost)) !== 0
    if (!isOver) lose(core, number)
  }
}

/** Message `number`, whose entry is the one at hand, is lost. */
function lose(core: Core, number: number): void {
  const { composite, sentMessage } = core
  sentMessage.marks |= MessageMark.lost
  composite.inFlight -= 1
  composite.lost += 1
  core.messagesLost += 1
  core.lostLast = number
}
