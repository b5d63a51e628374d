/**
 * Waits for work, but not beyond an interrupt: a transfer or a container may take long to end by itself. After an
 * interrupt `dispose` ends what is left.
 */
import { HarnessError } from '../error.ts'

/** The work's result; throws HarnessError once the signal is aborted. A later result or error is then ignored. */
export async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  work.catch(() => {})
  let stop: (() => void) | undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(new HarnessError('The run was interrupted.', 'Run it again.'))
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop)
  }
}
