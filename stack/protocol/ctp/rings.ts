/**
 * What the composite at hand sent and what arrived for it: two rings of one entry a message. Entry n of a ring of W belongs
 * to messages n, n + W, n + 2 W, …, of which at most one is within the window.
 */
import { compositeRecord, sentMessageRecord } from '../state/composites.ts'
import type { Core } from '../state/core.ts'

/** Makes the entry of message `number` of ours the one at hand. */
export function selectSentMessage(core: Core, number: number): void {
  const { composite, sentMessage, layout } = core
  const place = number & (layout.messageWindow - 1)
  sentMessage.at = composite.at + compositeRecord.words + place * sentMessageRecord.words
}

/** Bytes of message `number` of the peer, which is within the window, + 1; 0: it has not arrived, or was told. */
export function arrivedLength(core: Core, number: number): number {
  return core.state[arrivedAt(core, number)] as number
}

export function setArrived(core: Core, number: number, lengthAndOne: number): void {
  core.state[arrivedAt(core, number)] = lengthAndOne
}

/** Messages that the composite's buffers hold each. */
export function windowOf({ layout }: Core): number {
  return layout.messageWindow
}

/** Position in a buffer of message `number`. */
export function positionOf({ layout }: Core, number: number): number {
  return Math.imul(number, layout.messageRoom)
}

function arrivedAt({ composite, layout }: Core, number: number): number {
  const ring = composite.at + compositeRecord.words + layout.messageWindow * sentMessageRecord.words
  return ring + (number & (layout.messageWindow - 1))
}
