/**
 * Reliability: every message is acknowledged, and leaves again until it is. An acknowledgment says up to where everything
 * arrived, what arrived beyond, and up to where there is room, since a message that is acknowledged must not be dropped.
 * One is sent for every second message; at once if something is missing or there twice, else after a while (RFC 5681
 * section 4.2).
 */
import { MicroprotocolBit } from '../../wire/ctp.ts'
import { HeaderWord, heldWords } from '../../wire/header.ts'
import { UpcallError } from '../actions.ts'
import { maximumGapMicros } from '../config.ts'
import { MessageMark } from '../state/composites.ts'
import { type Core, header } from '../state/core.ts'
import { isBefore, later } from '../tcp/sequence.ts'
import { armComposite, has, isDue, scheduleComposite } from './composites.ts'
import { emitAcknowledgment } from './emit-message.ts'
import { acknowledge, detectLosses, loseAll } from './losses.ts'
import { Disposition, indifferent, type Microprotocol } from './microprotocol.ts'
import { positionOf, selectSentMessage, windowOf } from './rings.ts'
import { resendTimeout } from './round-trip.ts'

/** So many messages are acknowledged together. */
const together = 2
/** Timeouts without progress after which the peer is given up: with backoff, more than a minute. */
const timeoutLimit = 10

export const reliability: Microprotocol<Core> = {
  ...indifferent,

  onOpen(core) {
    core.composite.sendEdge = windowOf(core)
    core.composite.advertised = windowOf(core)
  },

  permits({ composite }, number, isAgain) {
    return isAgain || isBefore(number, composite.sendEdge) || composite.isProbing !== 0
  },

  onMessageOut(core) {
    const { composite, sentMessage, now } = core
    const isAlone = composite.sendOldest === composite.sendNext
    // A stamp of long ago must not be compared.
    if (isAlone) composite.latestSentAt = (now - 1) | 0
    sentMessage.sentAt = now
    composite.isProbing = 0
    if (composite.resendTimer === 0) armResend(core)
  },

  onBlocked(core) {
    if (core.composite.resendTimer === 0) armResend(core)
  },

  onMessageIn(core, number, _length, hasRoom) {
    const { composite, config, now } = core
    const isPlain = hasRoom && number === composite.receiveNext && composite.held === 0
    composite.owed = isPlain ? composite.owed + 1 : together
    if (composite.owed >= together) scheduleComposite(core)
    else {
      composite.delayTimer = 1
      composite.delayDeadline = (now + config.delayedAckMicros) | 0
      armComposite(core, composite.delayDeadline)
    }
    if (hasRoom) return Disposition.pass
    core.globals.messagesDropped = (core.globals.messagesDropped + 1) | 0
    return Disposition.drop
  },

  onAcknowledgment(core) {
    const { composite } = core
    forgetEvents(core)
    const next = header(core, HeaderWord.next)
    const ahead = (next - composite.sendOldest) | 0
    // An old one, or one of messages that never left.
    if (ahead < 0 || ahead > ((composite.sendNext - composite.sendOldest) | 0)) return
    for (; composite.sendOldest !== next; composite.sendOldest = (composite.sendOldest + 1) | 0) {
      acknowledge(core, composite.sendOldest)
    }
    takeHeld(core, next)
    takeEdge(core, next)
    if (core.messagesAcknowledged > 0) {
      composite.timeouts = 0
      if (composite.sendOldest === composite.sendNext) composite.resendTimer = 0
      else armResend(core)
    }
    detectLosses(core)
    scheduleComposite(core)
  },

  onRead(core) {
    const { composite } = core
    const isAlmostClosed = ((composite.advertised - composite.receiveNext) | 0) < windowOf(core) >> 1
    if (!isAlmostClosed || ((edge(core) - composite.advertised) | 0) < windowOf(core) >> 2) return
    composite.owed = together
    scheduleComposite(core)
  },

  onTimer(core) {
    const { composite } = core
    forgetEvents(core)
    if (composite.delayTimer !== 0) {
      if (isDue(core, composite.delayDeadline)) composite.owed = together
      else armComposite(core, composite.delayDeadline)
    }
    if (composite.lossTimer !== 0) {
      if (isDue(core, composite.lossDeadline)) detectLosses(core)
      else armComposite(core, composite.lossDeadline)
    }
    if (composite.resendTimer !== 0) {
      if (isDue(core, composite.resendDeadline)) timeOut(core)
      else armComposite(core, composite.resendDeadline)
    }
    scheduleComposite(core)
  },

  wantsToSend({ composite }) {
    return composite.owed >= together
  },

  send(core) {
    const { composite, actions } = core
    if (composite.owed < together) return true
    if (actions.isFull) return false
    composite.owed = 0
    composite.delayTimer = 0
    composite.advertised = edge(core)
    emitAcknowledgment(core)
    return true
  },

  onGap(core) {
    const { composite, sentMessage, now } = core
    const oldest = (now - maximumGapMicros) | 0
    composite.delayDeadline = oldest
    composite.lossDeadline = oldest
    composite.resendDeadline = oldest
    composite.latestSentAt = oldest
    for (let number = composite.sendOldest; number !== composite.sendNext; number = (number + 1) | 0) {
      selectSentMessage(core, number)
      sentMessage.sentAt = oldest
    }
  },
}

/** Reliability is given up: the peer does not answer. `error`: an UpcallError. */
export function giveUp(core: Core, error: number): void {
  const { composite } = core
  composite.isOver = 1
  composite.failure = error
  composite.sendOldest = composite.sendEnd
  composite.sendNext = composite.sendEnd
  composite.inFlight = 0
  composite.lost = 0
  composite.resendTimer = 0
  composite.lossTimer = 0
  scheduleComposite(core)
}

function timeOut(core: Core): void {
  const { composite } = core
  composite.timeouts += 1
  if (composite.timeouts > timeoutLimit) {
    giveUp(core, UpcallError.timedOut)
    return
  }
  if (composite.sendOldest === composite.sendNext) composite.isProbing = 1
  else {
    loseAll(core)
    core.timedOut = 1
  }
  armResend(core)
}

function armResend(core: Core): void {
  const { composite, now } = core
  composite.resendTimer = 1
  composite.resendDeadline = (now + resendTimeout(core)) | 0
  armComposite(core, composite.resendDeadline)
}

/** Messages beyond `next` that the peer says it has. A bit for one that never left is a lie, and means nothing. */
function takeHeld(core: Core, next: number): void {
  const { composite } = core
  for (let word = 0; word < heldWords; word += 1) {
    let bits = header(core, HeaderWord.held + word)
    while (bits !== 0) {
      const bit = 31 - Math.clz32(bits & -bits)
      bits &= bits - 1
      const number = (next + 1 + 32 * word + bit) | 0
      if (isBefore(number, composite.sendNext)) acknowledge(core, number)
    }
  }
}

/** The peer's room never shrinks; and no more than a window is believed. */
function takeEdge(core: Core, next: number): void {
  const { composite } = core
  const told = header(core, HeaderWord.edge)
  const room = Math.min(windowOf(core), Math.max(0, (told - next) | 0))
  // A peer without room that answers is alive, however long that lasts.
  if (room === 0) composite.timeouts = 0
  composite.sendEdge = later(composite.sendEdge, (next + room) | 0)
}

/** The peer may send messages below this number. It never goes back, since what is held counts as if it were to come. */
export function edge(core: Core): number {
  const { composite, socket, layout } = core
  const used = has(core, MicroprotocolBit.ordering)
    ? positionOf(core, composite.receiveNext)
    : socket.received
  const unread = ((used - socket.consumed) | 0) / layout.messageRoom
  const held = has(core, MicroprotocolBit.ordering) ? 0 : composite.held
  return (composite.receiveNext + Math.min(windowOf(core), windowOf(core) - unread + held)) | 0
}

function forgetEvents(core: Core): void {
  core.messagesAcknowledged = 0
  core.messagesLost = 0
  core.timedOut = 0
}

/** Whether the entry at hand has to leave again. */
export function isLost({ sentMessage }: Core): boolean {
  return (sentMessage.marks & MessageMark.lost) !== 0
}
