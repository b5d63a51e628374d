/** How many threads a strategy was asked for. */
import type { StrategyOption } from '../options.ts'

export const workerLimit = 64

/** Throws RangeError if there cannot be so many. */
export function workerCount(strategy: StrategyOption): number {
  if (strategy.kind === 'sequential') return 1
  const count = strategy.kind === 'replicated' ? strategy.replicas : strategy.workers
  if (!Number.isInteger(count) || count < 1 || count > workerLimit) {
    throw new RangeError(`${strategy.kind} takes 1 … ${workerLimit} workers, not ${count}`)
  }
  return count
}
