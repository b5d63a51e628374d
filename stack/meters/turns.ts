/** How the two threads of the probes keep step: a counter in shared memory that says whose turn it is. */
import type { Region } from '../dominoes/memory/region.ts'
import type { ProbeTask } from './probe-task.ts'

export interface Turns {
  /** A word that stays as it is between probes. */
  readonly flagWord: number
  /** Both threads call this: thread `id` runs `body` while the other spins. */
  inTurn(id: number, body: () => void): void
  /** Both threads call this: both run `body`, starting at the same moment. */
  together<T>(body: () => T): T
}

export function nanosSince(start: number): number {
  return (performance.now() - start) * 1e6
}

/** The median: batches in which a thread was interrupted do not change it much. */
export function middle(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** 0 if `values` is empty. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length * share)] ?? 0
}

export function turnsOf({ words }: Region, { id: own, turnWord }: Pick<ProbeTask, 'id' | 'turnWord'>): Turns {
  const reach = (count: number) => {
    while (((Atomics.load(words, turnWord) - count) | 0) < 0);
  }
  /** The counter's value when this thread's next step begins; equal on both. */
  let next = 0
  return {
    flagWord: turnWord + 32,
    inTurn: (id, body) => {
      reach(next)
      next = (next + 1) | 0
      if (id === own) {
        body()
        Atomics.add(words, turnWord, 1)
      } else reach(next)
    },
    together: (body) => {
      reach(next)
      next = (next + 2) | 0
      Atomics.add(words, turnWord, 1)
      reach(next)
      return body()
    },
  }
}
