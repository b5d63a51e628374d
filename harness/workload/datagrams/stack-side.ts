/** Datagrams in the stack's container: connects and sends, or listens and counts. */
import { readFileSync } from 'node:fs'
import { StreamPattern } from '../../content/stream-pattern.ts'
import type { ApplicationSide, StackContext } from '../stack-side.ts'
import { DatagramContent } from './content.ts'
import { receive } from './receiver.ts'
import { send } from './sender.ts'
import { taskSchema } from './task.ts'

export const stackSide: ApplicationSide = {
  kind: 'application',
  // TCP is used for one connection at a time, over which the sender tells how many datagrams there were.
  stackOptions: { connectionCount: 16 },

  async run(candidate: unknown, context: StackContext) {
    const task = taskSchema.parse(candidate)
    const content = new DatagramContent(new StreamPattern(readFileSync(task.patternPath)), task.datagramBytes)
    return task.direction === 'send'
      ? await send(task, content, context)
      : await receive(task, content, context)
  },
}
