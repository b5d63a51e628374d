/** An iperf3 server in the stack's container, for a number of tests. */
import { readFileSync } from 'node:fs'
import { StreamPattern } from '../../content/stream-pattern.ts'
import { allGone } from '../all-gone.ts'
import type { ApplicationSide, StackContext } from '../stack-side.ts'
import { Admission } from './admission.ts'
import { type Served, serveTest } from './serve-test.ts'
import type { StreamEnd } from './streams.ts'
import { taskSchema } from './task.ts'

export const stackSide: ApplicationSide = {
  kind: 'application',
  stackOptions: {
    coalesceMillis: 1,
    connectionCount: 128,
    // As for bulk transfers.
    sendBufferBytes: 8 * 2 ** 20,
    receiveBufferBytes: 2 ** 20,
  },

  async run(candidate: unknown, context: StackContext) {
    const task = taskSchema.parse(candidate)
    const pattern = new StreamPattern(readFileSync(task.patternPath))
    const listener = await context.stack.listen(task.port, { backlog: 128 })
    const admission = new Admission(listener)
    const ends: Pick<StreamEnd, 'arrived'>[] = []
    const arrivedBytes = () => ends.reduce((sum, { arrived }) => sum + arrived, 0)
    const started = (streams: typeof ends) => {
      if (ends.length === 0) context.progresses({ arrivedBytes, share: () => arrivedBytes() / task.bytes })
      ends.push(...streams)
    }
    context.listens()
    const testMillis = 1000 * task.timeoutSeconds
    const served: Served[] = []
    while (served.length < task.tests)
      served.push(await serveTest(admission, { pattern, testMillis, started }))
    admission.close()
    await allGone(context.stack)
    const sum = (field: keyof Served) => served.reduce((total, each) => total + each[field], 0)
    return { sent: sum('sent'), received: sum('received'), verified: sum('verified') }
  },
}
