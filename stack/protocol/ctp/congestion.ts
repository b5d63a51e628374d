/**
 * Congestion control: slow start and congestion avoidance, counted in messages (RFC 5681). A loss halves the window once for
 * each window of messages; a timeout begins again with one.
 */
import type { Core } from '../state/core.ts'
import { isBefore } from '../tcp/sequence.ts'
import { indifferent, type Microprotocol } from './microprotocol.ts'
import { windowOf } from './rings.ts'

/** RFC 6928. */
const initialMessages = 10
const leastThreshold = 2

export const congestion: Microprotocol<Core> = {
  ...indifferent,

  onOpen({ composite }) {
    composite.windowMessages = initialMessages
  },

  permits({ composite }) {
    return composite.inFlight < composite.windowMessages
  },

  onAcknowledgment(core) {
    if (core.messagesLost > 0) reduce(core)
    else grow(core, core.messagesAcknowledged)
  },

  onTimer(core) {
    if (core.timedOut !== 0) {
      halve(core)
      core.composite.windowMessages = 1
    } else if (core.messagesLost > 0) reduce(core)
  },
}

function grow(core: Core, acknowledged: number): void {
  const { composite } = core
  const isSlowStart =
    composite.thresholdMessages === 0 || composite.windowMessages < composite.thresholdMessages
  if (isSlowStart) composite.windowMessages += acknowledged
  else {
    composite.credit += acknowledged
    if (composite.credit >= composite.windowMessages) {
      composite.credit -= composite.windowMessages
      composite.windowMessages += 1
    }
  }
  composite.windowMessages = Math.min(windowOf(core), composite.windowMessages)
}

/** Unless this loss is one of those for which the window was reduced already. */
function reduce(core: Core): void {
  if (isBefore(core.lostLast, core.composite.recoverAt)) return
  halve(core)
  core.composite.windowMessages = core.composite.thresholdMessages
}

function halve({ composite }: Core): void {
  composite.thresholdMessages = Math.max(leastThreshold, composite.windowMessages >> 1)
  composite.credit = 0
  composite.recoverAt = composite.sendNext
}
