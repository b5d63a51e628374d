/**
 * The end of a task whose connections were given up before they had ended: a stack is stopped between tasks, and what
 * it has not transmitted by then, a last response or the end of a stream, its peer would wait for.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Stack } from '../../stack/index.ts'

const stepMillis = 2
const limitMillis = 10_000

/** Resolves when no connection is left. Rejects if some are there after ten seconds. */
export async function allGone(stack: Pick<Stack, 'connectionCount'>): Promise<void> {
  const until = performance.now() + limitMillis
  while (stack.connectionCount > 0) {
    if (performance.now() > until) throw new Error(`${stack.connectionCount} connections did not end`)
    await sleep(stepMillis)
  }
}
