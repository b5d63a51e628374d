/** Stops a stack whose replicas differ, and says how they do. Called by the application's thread, which goes on meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type DivergedStack, describeDivergence, writeDump } from './dump.ts'
import { DivergenceError } from './error.ts'

/** How long replicas get to apply what is published, so that their states are of one index; the wrong one may hang. */
const patienceMillis = 3000

export interface RunningDivergedStack extends DivergedStack {
  /** Takes no more requests. */
  close(): void
  /** Resolves when all threads ended. */
  readonly ended: Promise<void>
  /** Ends all threads, wherever they are; resolves when they did. */
  terminate(): Promise<unknown>
}

export async function stopDiverged(stack: RunningDivergedStack): Promise<DivergenceError> {
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
