/**
 * What the stages of a pipeline share: a ring of request slots from the reader to the protocol, and a ring of actions from
 * the protocol to each transmitter. Every ring has one writer and one reader.
 *
 *   word   0  read      index of the next request to be read               the reader's thread
 *   ── line ──────────────────────────────────────────────────────────────────────────────
 *         32  applied   index of the next request to be applied            the protocol's thread
 *   ── line ──────────────────────────────────────────────────────────────────────────────
 *         64  minimum   an index that all stages have passed               the reader's thread
 *   ── line ──────────────────────────────────────────────────────────────────────────────
 *         96  ended     1 once nothing more is read, 2 once all is applied  the reader's, then the protocol's thread
 *   ── two lines a transmitter ────────────────────────────────────────────────────────────
 *          +  tail      actions emitted to it so far                       the protocol's thread
 *   ── line
 *          +  head      actions done                                       the transmitter's thread
 *          +  passed    index of the request whose action is in hand       the transmitter's thread
 *
 * Beside each action record two words name its request: index and slot. Counts and indices wrap.
 * Invariant: minimum ≤ applied ≤ read ≤ minimum + slotCount; head ≤ tail ≤ head + ringCount.
 */
import { actionWords } from '../../dominoes/action-queue.ts'
import { lineWords, type RegionPlan } from '../../dominoes/region.ts'
import { planSignal } from '../../dominoes/signal.ts'
import type { StackParameters } from '../options.ts'
import { planStack, type StackLayout } from '../stack-layout.ts'
import { workerCount } from '../worker-count.ts'

export const PipeWord = {
  read: 0,
  applied: lineWords,
  minimum: 2 * lineWords,
  ended: 3 * lineWords,
  transmitters: 4 * lineWords,
} as const

export const TransmitterWord = {
  tail: 0,
  head: lineWords,
  passed: lineWords + 1,
  words: 2 * lineWords,
} as const

/** What names the request of an action. */
export const RequestWord = { index: 0, slot: 1, words: 2 } as const

export const Ended = { nothing: 0, reading: 1, applying: 2 } as const

export interface PipelineLayout extends StackLayout {
  readonly pipe: PipeLayout
}

export interface PipeLayout {
  readonly controlWord: number
  readonly transmitters: number
  /** Word offset of each transmitter's ring of action records. */
  readonly rings: readonly number[]
  /** Word offset of what names their requests. */
  readonly requests: readonly number[]
  /** Records of one ring; a power of two. */
  readonly ringCount: number
  /** Where the protocol's thread sleeps, and each transmitter's. */
  readonly readSignal: number
  readonly emittedSignals: readonly number[]
  /** A slot for ticks, which the protocol makes itself. */
  readonly tickSlot: number
}

/** Deep enough for bursts; what waits longer makes round trips look long. */
const ringCount = 256

/**
 * What N threads do:
 *
 *   1   everything: the sequential strategy
 *   2   read, check and apply │ perform
 *   3   read and check │ apply │ perform
 *   4…  read and check │ apply │ perform, on N - 2 threads
 */
export function transmittersOf(threads: number): number {
  return threads === 1 ? 0 : Math.max(1, threads - 2)
}

export function planPipeline(parameters: StackParameters): PipelineLayout {
  const threads = workerCount(parameters.strategy)
  const transmitters = transmittersOf(threads)
  return planStack(parameters, { threads, states: 1 }, (plan) => ({ pipe: planPipe(plan, transmitters) }))
}

/** Ticks carry no payload: their slot is as large as a frame's all the same, to be like any other. */
const tickSlotBytes = 2048

function planPipe(plan: RegionPlan, transmitters: number): PipeLayout {
  const each = Array.from({ length: transmitters })
  const controlWords = PipeWord.transmitters + transmitters * TransmitterWord.words
  return {
    controlWord: plan.reserve(controlWords * 4) / 4,
    transmitters,
    rings: each.map(() => plan.reserve(ringCount * actionWords * 4) / 4),
    requests: each.map(() => plan.reserve(ringCount * RequestWord.words * 4) / 4),
    ringCount,
    readSignal: planSignal(plan),
    emittedSignals: each.map(() => planSignal(plan)),
    tickSlot: plan.reserve(tickSlotBytes) / 4,
  }
}
