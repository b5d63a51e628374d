/** Which processor a thread of a stack runs on: pins the thread and makes sure of it. */
import { allowedProcessors, pinTo, threadId } from '../../device/kernel/affinity.ts'
import type { PlacementFactor } from '../factors.ts'
import { noteThreadId } from '../layout/thread-counters.ts'
import type { ThreadTask } from './thread-task.ts'

/**
 * The processor of a thread, of those that its process may use; undefined where the scheduler decides. Throws RangeError
 * if there are too few. Pure.
 */
export function processorFor(
  placement: PlacementFactor,
  thread: number,
  allowed: readonly number[],
): number | undefined {
  if (placement === 'free') return undefined
  const place = { apart: thread, doubled: thread >> 1, together: 0 }[placement]
  const processor = allowed[place]
  if (processor !== undefined) return processor
  throw new RangeError(
    `placement '${placement}' has no processor for thread ${thread}: the process may use ${allowed.length}`,
  )
}

/** Called by each thread of a stack, first. Throws DeviceError or RangeError; returns with the thread where it belongs. */
export function takePlace({ parameters, thread, layout }: ThreadTask, words: Int32Array): void {
  const { placement } = parameters
  if (placement === undefined) return
  noteThreadId(words, layout.countersWord, thread, threadId())
  const processor = processorFor(placement, thread, allowedProcessors())
  if (processor !== undefined) pinTo(processor)
}
