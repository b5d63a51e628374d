/**
 * Turns Ctrl-C (and a polite kill) into an aborted signal, so that a command stops and cleans up. Impatience does not
 * cut that short: only the fourth Ctrl-C ends the process at once, and the next command then removes what was left.
 * A reader of the output that goes away (`make reproduce | head`) is an interrupt, too.
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
