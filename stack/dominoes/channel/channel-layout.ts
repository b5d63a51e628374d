/**
 * Layout of a replicated channel: control lines, then a ring of slots (see slot.ts).
 *
 *   word     0  tail       index of the next request to be published       the holder of the producer role
 *   ── line ───────────────────────────────────────────────────────────────────────────────────────────
 *           32  role       0 free, holder + 1 held, -1 closed for good     compare-exchange; any thread
 *           33  closing    1 once nobody may take the role any more        any thread, once
 *           34  minimum    a consumer position that none is behind         the holder
 *           35  lastTime   time of the newest request, microseconds        the holder
 *   ── line ───────────────────────────────────────────────────────────────────────────────────────────
 *           64  published  signal: the tail moved, or the role is free     (see signal.ts)
 *   ── line ───────────────────────────────────────────────────────────────────────────────────────────
 *           96  progress   signal: a verdict, a consumer position, room in an outbox
 *   ── line, one per consumer: the replicas, then the observers ─────────────────────────────────────
 *     128+32 r  position   index of the next request replica r will finish replica r
 *          + 1  active     1 while the ring waits for this replica         whoever adds or removes it
 *   ── slots ──────────────────────────────────────────────────────────────────────────────────────────
 *
 * Indices are 32 bits and wrap; index i lies in slot i mod slotCount.
 * Invariant: minimum ≤ every active position ≤ tail ≤ minimum + slotCount.
 */

import { slotPayloadOffset } from '../contract/slot.ts'
import { assertInteger, assertPowerOfTwo } from '../memory/assert.ts'
import { lineBytes, lineWords, type Region, type RegionPlan } from '../memory/region.ts'

export const ChannelWord = {
  tail: 0,
  role: lineWords,
  closing: lineWords + 1,
  minimum: lineWords + 2,
  lastTime: lineWords + 3,
  published: 2 * lineWords,
  progress: 3 * lineWords,
  consumers: 4 * lineWords,
} as const

/** Words of one replica's consumer line. */
export const ConsumerWord = { position: 0, active: 1 } as const

export const roleFree = 0
export const roleClosed = -1

export interface ChannelLayout {
  readonly controlWord: number
  readonly slotsWord: number
  readonly replicas: number
  /** Replicas and observers: all whom the ring waits for. An observer reads slots and is no replica (a recorder). */
  readonly consumers: number
  /** A power of two. */
  readonly slotCount: number
  /** A multiple of the line size. */
  readonly slotBytes: number
}

export interface ChannelOptions {
  readonly replicas: number
  /** Consumers besides the replicas. Default 0. */
  readonly observers?: number
  readonly slotCount: number
  readonly slotBytes: number
}

export function planChannel(plan: RegionPlan, options: ChannelOptions): ChannelLayout {
  const { replicas, observers = 0, slotCount, slotBytes } = options
  assertInteger(replicas, 1, 256, 'replicas')
  assertPowerOfTwo(slotCount, 'slotCount')
  assertInteger(slotBytes / lineBytes, slotPayloadOffset / lineBytes, 2 ** 20, 'slotBytes / 128')
  const consumers = replicas + observers
  const controlWords = ChannelWord.consumers + consumers * lineWords
  return {
    controlWord: plan.reserve(controlWords * 4) / 4,
    slotsWord: plan.reserve(slotCount * slotBytes) / 4,
    replicas,
    consumers,
    slotCount,
    slotBytes,
  }
}

/** Before any thread uses it: all consumers active, nothing published, the first request will be `firstIndex`. */
export function initialiseChannel(
  region: Region,
  layout: ChannelLayout,
  firstIndex: number,
  time: number,
): void {
  const { words } = region
  const control = layout.controlWord
  words[control + ChannelWord.tail] = firstIndex
  words[control + ChannelWord.minimum] = firstIndex
  words[control + ChannelWord.lastTime] = time
  for (let number = 0; number < layout.consumers; number++) {
    const consumer = consumerWord(layout, number)
    words[consumer + ConsumerWord.position] = firstIndex
    words[consumer + ConsumerWord.active] = 1
  }
}

/** Word offset of the line of a replica, or of an observer: they are numbered from `replicas` on. */
export function consumerWord(layout: ChannelLayout, consumer: number): number {
  return layout.controlWord + ChannelWord.consumers + consumer * lineWords
}
