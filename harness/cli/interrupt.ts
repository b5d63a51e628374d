/**
 * Turns Ctrl-C (and SIGTERM, SIGHUP) into an aborted signal, so that a command stops and cleans up. Further Ctrl-Cs do
 * not interrupt the clean-up: only the fourth ends the process at once, and the next command then removes what was
 * left. If the reader of the output goes away (`make reproduce | head`), the command is aborted, too.
 */
import type { Writable } from 'node:stream'
import { codeOf } from '../error.ts'
import { interruptCode } from './exit.ts'

const patience = 4

export function interruptible(outputs: readonly Writable[] = [process.stdout, process.stderr]): AbortSignal {
  const controller = new AbortController()
  let interrupts = 0
  const stop = () => {
    interrupts += 1
    if (interrupts === 1) process.stderr.write('\nStopping and cleaning up; this takes a few seconds.\n')
    else if (interrupts < patience) process.stderr.write('Still cleaning up; please wait.\n')
    else process.exit(interruptCode)
    controller.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  for (const stream of outputs) {
    stream.on('error', (error) => {
      if (codeOf(error) !== 'EPIPE') throw error
      controller.abort()
    })
  }
  return controller.signal
}
