/** The HTTP server in the stack's container, until its client needs nothing more. */
import { readFileSync } from 'node:fs'
import { ConnectionDuplex } from '../../../stack/index.ts'
import { StreamPattern } from '../../content/stream-pattern.ts'
import { allGone } from '../all-gone.ts'
import type { ApplicationSide, StackContext } from '../stack-side.ts'
import { answersOf } from './answer.ts'
import { serveHttp } from './server.ts'
import { type HttpServerTold, taskSchema } from './task.ts'

export const stackSide: ApplicationSide = {
  kind: 'application',
  // wrk opens its connections anew for each run: those of the run before may not have ended.
  stackOptions: { connectionCount: 256, sendBufferBytes: 2 ** 20, receiveBufferBytes: 2 ** 16 },

  async run(candidate: unknown, context: StackContext): Promise<HttpServerTold> {
    const { port, seconds, patternPath } = taskSchema.parse(candidate)
    const { stack } = context
    const ended = Promise.withResolvers<void>()
    const pattern = new StreamPattern(readFileSync(patternPath))
    const { answer, answered } = answersOf(pattern, ended.resolve)
    const server = serveHttp(answer)
    const listener = await stack.listen(port, { backlog: 128 })
    context.listens()
    const accepting = (async () => {
      const first = await listener.accept()
      if (first === null) return
      progress(context, seconds)
      server.take(new ConnectionDuplex(first))
      for await (const connection of listener) server.take(new ConnectionDuplex(connection))
    })()
    await ended.promise
    listener.close()
    await accepting
    await server.close()
    await allGone(stack)
    return { answered: answered() }
  },
}

/** The client has come, and asks from now on. */
function progress({ stack, progresses }: StackContext, seconds: number): void {
  const before = stack.counters().bytesSent
  const startedAt = performance.now()
  progresses({
    arrivedBytes: () => stack.counters().bytesSent - before,
    share: () => (performance.now() - startedAt) / (1000 * seconds),
  })
}
