/** Bulk transfer in a stack's container: opens or accepts connections, moves streams one way, checks received bytes. */
import { readFileSync } from 'node:fs'
import type { Connection } from '../../../stack/index.ts'
import { StreamPattern } from '../../content/stream-pattern.ts'
import { accept, connect } from '../meet.ts'
import type { ApplicationSide, StackContext } from '../stack-side.ts'
import { CommonWindow } from './common-window.ts'
import { receive, send, together } from './streams.ts'
import { taskSchema } from './task.ts'

export const stackSide: ApplicationSide = {
  kind: 'application',
  stackOptions: {
    // With more, a receiver waits for its reader: a window of 1 MiB, opened every 4 ms, is 2 Gbit/s.
    coalesceMillis: 1,
    // Few connections with large buffers: the defaults are for many.
    connectionCount: 64,
    // Enough while the application sleeps for `coalesceMillis` and is late by several times as much, at 10 Gbit/s.
    sendBufferBytes: 8 * 2 ** 20,
    // A TAP queues 1000 frames towards the stack: a larger window would only overflow this queue.
    receiveBufferBytes: 2 ** 20,
  },
  // Its queue counts super-frames, so a window of 8 MiB has room there; opened every millisecond, it is 67 Gbit/s. What may wait
  // to be sent is what 30 Gbit/s take while the application rests and is late, and while the slowest replica still holds
  // what was acknowledged. Of fewer connections: each worker of a sharded stack has as many.
  superFrameOptions: { connectionCount: 8, sendBufferBytes: 32 * 2 ** 20, receiveBufferBytes: 8 * 2 ** 20 },

  async run(candidate: unknown, context: StackContext) {
    const task = taskSchema.parse(candidate)
    const pattern = new StreamPattern(readFileSync(task.patternPath))
    const isSending = task.direction === 'send'
    const { peerAddress: address, port, connections: count } = task
    const connections =
      task.listens === true
        ? await accept(context, port, count)
        : await connect(context.stack, { address, port }, count)
    const arrivedOn = ({ stream }: Connection) => (isSending ? stream.acknowledged : stream.consumed)
    const arrivedBytes = () => connections.reduce((sum, connection) => sum + arrivedOn(connection), 0)
    const totalBytes = task.connections * (task.warmupBytes + task.transferBytes)
    context.progresses({ arrivedBytes, share: () => arrivedBytes() / totalBytes })
    const streams = connections.map(({ stream }) => stream)
    const window = new CommonWindow(streams, task.warmupBytes)
    const moved = connections.map((each) =>
      isSending ? send(each, pattern, task) : receive(each, pattern, task, window),
    )
    return together(await Promise.all(moved), window)
  },
}
