/**
 * What the replicated strategy has beyond every stack's common structures, as its factors ask for it. Plain numbers.
 */
import { sentFrameBytesOf } from '../../device/device.ts'
import { type CountersLayout, planCounters } from '../../dominoes/memory/counters.ts'
import type { RegionPlan } from '../../dominoes/memory/region.ts'
import { resolveFactors } from '../factors.ts'
import { maximumReplicas, planStack, type StackLayout } from '../layout/stack-layout.ts'
import type { StackParameters } from '../options.ts'
import { transmitBufferBytes } from '../perform/transmit-buffer.ts'
import { planTurnstile, type TurnstileLayout } from './ordered/turnstile.ts'
import { type DeadlineLayout, planDeadlines } from './reader/deadline-board.ts'

/**
 * Memory for frames that one thread has built before their turn: as many as it builds while the thread whose
 * turn it is waits one or two time slices for a processor. `replicated/ordered/turnstile.bench.ts` shows what
 * fewer or more buffers cost.
 */
const heldBytes = 2 ** 20
/** However large a frame is. */
const leastHeldFrames = 16
/**
 * Frames from the one whose turn it is to the last that may wait at the turnstile; threads further ahead wait
 * for room.
 */
const turnstileCount = 2048

export interface OrderedEmissionLayout {
  readonly turnstile: TurnstileLayout
  /** Byte offset of thread 0's first buffer; each thread has `bufferCount` of them, `bufferBytes` apart. */
  readonly buffersAt: number
  readonly bufferCount: number
  readonly bufferBytes: number
}

export interface ReaderLayout {
  readonly deadlines: DeadlineLayout
  readonly counters: CountersLayout
}

export interface ReplicatedLayout extends StackLayout {
  /** With ordered emission. */
  readonly ordered?: OrderedEmissionLayout
  /** With a dedicated reader, which is the thread after the last replica's. */
  readonly reader?: ReaderLayout
}

/** Throws RangeError for factors that cannot be. */
export function planReplicated(parameters: StackParameters): ReplicatedLayout {
  const { strategy, device } = parameters
  if (strategy.kind !== 'replicated') throw new RangeError(`not a replicated strategy: ${strategy.kind}`)
  const replicas = maximumReplicas(strategy)
  const { emission, reader } = resolveFactors(strategy)
  const shape = { threads: replicas, readers: reader === 'dedicated' ? 1 : 0 }
  return planStack(parameters, shape, (plan) => {
    return {
      ...(emission === 'ordered'
        ? { ordered: planOrdered(plan, replicas, sentFrameBytesOf(device.capabilities)) }
        : {}),
      ...(reader === 'dedicated'
        ? { reader: { deadlines: planDeadlines(plan, replicas), counters: planCounters(plan, 1) } }
        : {}),
    }
  })
}

function planOrdered(plan: RegionPlan, replicas: number, frameBytes: number): OrderedEmissionLayout {
  const bufferBytes = Math.ceil(transmitBufferBytes(frameBytes) / 128) * 128
  const bufferCount = Math.max(leastHeldFrames, Math.floor(heldBytes / bufferBytes))
  const turnstile = planTurnstile(plan, turnstileCount)
  return {
    turnstile,
    buffersAt: plan.reserve(bufferBytes * bufferCount * replicas),
    bufferCount,
    bufferBytes,
  }
}
