/**
 * What the replicated strategy has beyond every stack's common structures, as its factors ask for it. Plain numbers.
 */
import { type CountersLayout, planCounters } from '../dominoes/counters.ts'
import { type DeadlineLayout, planDeadlines } from './deadline-board.ts'
import { resolveFactors } from './factors.ts'
import type { StackParameters } from './options.ts'
import { transmitBufferBytes } from './perform/transmit-buffer.ts'
import { planTurnstile, type TurnstileLayout } from './perform/turnstile.ts'
import { maximumReplicas, planStack, type StackLayout } from './stack-layout.ts'

/** Frames that one thread may have built before their turn; `perform/turnstile.bench.ts` says what fewer or more cost. */
export const heldFrames = 128
/** Frames from the one whose turn it is to the last that may wait at the turnstile; threads further ahead wait for room. */
const turnstileCount = 1024

export interface OrderedEmissionLayout {
  readonly turnstile: TurnstileLayout
  /** Byte offset of thread 0's first buffer; each has `heldFrames` of them, `bufferBytes` apart. */
  readonly buffersAt: number
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
    const bufferBytes = Math.ceil(transmitBufferBytes(device.capabilities.frameBytes) / 128) * 128
    return {
      ...(emission === 'ordered'
        ? {
            ordered: {
              turnstile: planTurnstile(plan, turnstileCount),
              buffersAt: plan.reserve(bufferBytes * heldFrames * replicas),
              bufferBytes,
            },
          }
        : {}),
      ...(reader === 'dedicated'
        ? { reader: { deadlines: planDeadlines(plan, replicas), counters: planCounters(plan, 1) } }
        : {}),
    }
  })
}
