/**
 * What the stages of a pipeline share: a ring of request slots from the reader to the protocol, and a ring of
 * actions from the protocol to the transmitters. Every ring has one writer; transmitters claim a few actions
 * at a time, in order, so that a slow one delays no more than what it holds.
 *
 *   word   0  read      index of the next request to be read               the reader's thread
 *   ── line ──────────────────────────────────────────────────────────────────────────────
 *         32  applied   index of the next request to be applied            the protocol's thread
 *   ── line ──────────────────────────────────────────────────────────────────────────────
 *         64  minimum   an index that all stages have passed               the reader's thread
 *   ── line ──────────────────────────────────────────────────────────────────────────────
 *         96  ended     1 once nothing more is read, 2 once all is applied  the reader's, then the protocol's thread
 *   ── line ──────────────────────────────────────────────────────────────────────────────
 *        128  emitted   actions emitted so far                             the protocol's thread
 *   ── line ──────────────────────────────────────────────────────────────────────────────
 *        160  claimed   actions claimed so far                             any transmitter, by compare and exchange
 *   ── a line for each transmitter ────────────────────────────────────────────────────────
 *          +  isBusy    1 while it holds actions, or is about to           its thread
 *          +  action    the first that it holds and has not done           its thread
 *          +  request   index of the request of that one                   its thread
 *
 * A transmitter stores what it is about to hold before it claims. So whoever reads `claimed` first and the
 * transmitters after it misses no action that is not done. Beside each action record two words name its
 * request: index and slot. Counts and indices wrap. Invariant: minimum ≤ applied ≤ read ≤ minimum +
 * slotCount; claimed ≤ emitted; what is claimed and not done is held by some transmitter; emitted ≤ (the
 * first action not done) + ringCount.
 */
import { actionWords } from '../../dominoes/contract/action-queue.ts'
import { lineWords, type RegionPlan } from '../../dominoes/memory/region.ts'
import { planSignal } from '../../dominoes/memory/signal.ts'
import { planStack, type StackLayout } from '../layout/stack-layout.ts'
import { workerCount } from '../layout/worker-count.ts'
import type { StackParameters } from '../options.ts'

export const PipeWord = {
  read: 0,
  applied: lineWords,
  minimum: 2 * lineWords,
  ended: 3 * lineWords,
  emitted: 4 * lineWords,
  claimed: 5 * lineWords,
  transmitters: 6 * lineWords,
} as const

export const TransmitterWord = { isBusy: 0, action: 1, request: 2, words: lineWords } as const

/** What names the request of an action. */
export const RequestWord = { index: 0, slot: 1, words: 2 } as const

export const Ended = { nothing: 0, reading: 1, applying: 2 } as const

export interface PipelineLayout extends StackLayout {
  readonly pipe: PipeLayout
}

export interface PipeLayout {
  readonly controlWord: number
  readonly transmitters: number
  /** Word offset of the ring of action records. */
  readonly ring: number
  /** Word offset of what names their requests. */
  readonly requests: number
  /** Records of the ring; a power of two. */
  readonly ringCount: number
  /** Where the protocol's thread sleeps, and where the transmitters do. */
  readonly readSignal: number
  readonly emittedSignal: number
  /** A slot for ticks, which the protocol makes itself. */
  readonly tickSlot: number
}

/** Deep enough for bursts; what waits longer makes round trips look long. */
const leastRingCount = 256
/** Of what one transmitter holds there is room for several times. */
const ringCountPerTransmitter = 16

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

/** A tick carries no payload. Its slot is as large as a frame's nevertheless, so that all slots are alike. */
const tickSlotBytes = 2048

/** Of as many transmitters. */
export function planPipe(plan: RegionPlan, transmitters: number): PipeLayout {
  const wanted = Math.max(leastRingCount, ringCountPerTransmitter * transmitters)
  const ringCount = 2 ** Math.ceil(Math.log2(wanted))
  const controlWords = PipeWord.transmitters + transmitters * TransmitterWord.words
  return {
    controlWord: plan.reserve(controlWords * 4) / 4,
    transmitters,
    ring: plan.reserve(ringCount * actionWords * 4) / 4,
    requests: plan.reserve(ringCount * RequestWord.words * 4) / 4,
    ringCount,
    readSignal: planSignal(plan),
    emittedSignal: planSignal(plan),
    tickSlot: plan.reserve(tickSlotBytes) / 4,
  }
}
