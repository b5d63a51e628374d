/**
 * Turns Ctrl-C (and a polite kill) into an aborted signal, so that a run can stop cleanly. A second Ctrl-C ends the
 * process at once.
 */
import { interruptCode } from './exit.ts'

export function interruptible(): AbortSignal {
  const controller = new AbortController()
  const stop = () => {
    if (controller.signal.aborted) process.exit(interruptCode)
    process.stderr.write('\nStopping and cleaning up; press Ctrl-C again to stop at once.\n')
    controller.abort()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return controller.signal
}
