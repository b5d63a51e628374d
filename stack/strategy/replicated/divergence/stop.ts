/**
 * Stops a stack whose replicas differ, and says how they do. Called by the application's thread, which goes
 * on meanwhile.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { DivergedStack } from '../../strategy.ts'
import { describeDivergence, writeDump } from './dump.ts'
import { DivergenceError } from './error.ts'

/** How long replicas get to apply what is published, so that their states are of one index; the wrong one may hang. */
const patienceMillis = 3000

export async function stopDiverged(stack: DivergedStack): Promise<DivergenceError> {
  stack.close()
  await Promise.race([stack.ended, sleep(patienceMillis, undefined, { ref: false })])
  await stack.terminate()
  let summary = `Replicas ${stack.divergence.replica} and ${stack.divergence.reference} diverged.`
  try {
    const dump = describeDivergence(stack)
    summary = dump.summary
    return new DivergenceError(summary, writeDump(dump, stack.parameters.dumpDirectory))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return new DivergenceError(`${summary} It could not be described: ${reason}`, '(no file)')
  }
}
