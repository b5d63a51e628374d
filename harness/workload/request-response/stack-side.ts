/** Requests and responses in the stack's container: listens and answers, or connects and asks. */
import { readFileSync } from 'node:fs'
import { StreamPattern } from '../../content/stream-pattern.ts'
import { pool } from '../../measure/histogram.ts'
import { accept, connect } from '../meet.ts'
import type { ApplicationSide, StackContext } from '../stack-side.ts'
import { ask, serve } from './ends.ts'
import { type ClientTold, type ServerTold, taskSchema } from './task.ts'

export const stackSide: ApplicationSide = {
  kind: 'application',
  stackOptions: {
    connectionCount: 128,
    // All messages that may be under way on a connection: 32 of 64 KiB.
    sendBufferBytes: 2 * 2 ** 20,
    // A TAP queues 1000 frames towards the stack: a larger window would only overflow this queue.
    receiveBufferBytes: 2 ** 20,
  },

  async run(candidate: unknown, context: StackContext) {
    const task = taskSchema.parse(candidate)
    const pattern = new StreamPattern(readFileSync(task.patternPath))
    const connections =
      task.role === 'server'
        ? await accept(context, task.port, task.connections)
        : await connect(context.stack, { address: task.peerAddress, port: task.port }, task.connections)
    const startedAt = performance.now()
    const opensAt = startedAt + 1000 * task.settlingSeconds
    const closesAt = opensAt + 1000 * task.seconds
    context.progresses({
      arrivedBytes: () => connections.reduce((sum, { stream }) => sum + stream.consumed, 0),
      share: () => (performance.now() - startedAt) / (closesAt - startedAt),
    })
    if (task.role === 'server') {
      return sums(await Promise.all(connections.map((each) => serve(each, pattern, task))))
    }
    const span = { opensAt, closesAt }
    return together(await Promise.all(connections.map((each) => ask(each, pattern, task, span))))
  },
}

function sums(all: readonly ServerTold[]): ServerTold {
  const sum = (field: keyof ServerTold) => all.reduce((total, told) => total + told[field], 0)
  return { sent: sum('sent'), received: sum('received'), verified: sum('verified') }
}

function together(all: readonly ClientTold[]): ClientTold {
  const sum = (field: 'transactions' | 'allTransactions') =>
    all.reduce((total, told) => total + told[field], 0)
  return {
    ...sums(all),
    transactions: sum('transactions'),
    allTransactions: sum('allTransactions'),
    measuredMicros: all[0]?.measuredMicros ?? 0,
    latencyTicks: pool(all.map(({ latencyTicks }) => latencyTicks)),
  }
}
