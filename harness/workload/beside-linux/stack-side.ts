/** A flow beside Linux in the stack's container: connects to the peer and sends for a time. */
import { readFileSync } from 'node:fs'
import { fill } from '../../content/carry-stream.ts'
import { StreamPattern } from '../../content/stream-pattern.ts'
import type { ApplicationSide, StackContext } from '../stack-side.ts'
import { type SenderTold, taskSchema } from './task.ts'

/** The clock is read after each. */
const pieceBytes = 64 * 1024

export const stackSide: ApplicationSide = {
  kind: 'application',
  stackOptions: {
    coalesceMillis: 4,
    connectionCount: 16,
    // More than the path holds; what is left in it when the time is over still has to cross the link.
    sendBufferBytes: 256 * 1024,
  },

  async run(candidate: unknown, { stack, progresses }: StackContext): Promise<SenderTold> {
    const { peerAddress, port, seconds, patternPath } = taskSchema.parse(candidate)
    const pattern = new StreamPattern(readFileSync(patternPath))
    const connection = await stack.connect({ address: peerAddress, port })
    const { stream } = connection
    const startedAt = performance.now()
    const share = () => (performance.now() - startedAt) / (1000 * seconds)
    progresses({ arrivedBytes: () => stream.acknowledged, share })
    while (share() < 1) await fill(connection, pattern, stream.written + pieceBytes)
    connection.close()
    await connection.closed()
    return { sent: stream.written }
  },
}
