/** Both directions at once in the stack's container: connects to the peer, writes and reads, checks what it received. */
import { readFileSync } from 'node:fs'
import { drain, fill } from '../../content/carry-stream.ts'
import { StreamPattern } from '../../content/stream-pattern.ts'
import { stackSide as bulk } from '../bulk/stack-side.ts'
import type { ApplicationSide, StackContext } from '../stack-side.ts'
import { ArrivalRecorder } from './arrival-recorder.ts'
import { type Told, taskSchema } from './task.ts'

export const stackSide: ApplicationSide = {
  kind: 'application',
  stackOptions: {
    ...bulk.stackOptions,
    // Half of the window for one direction, whose segments fill the TAP's queue: here ACKs are in the queue, too.
    receiveBufferBytes: 2 ** 19,
  },

  async run(candidate: unknown, { stack, progresses }: StackContext): Promise<Told> {
    const { peerAddress, port, bytes, patternPath } = taskSchema.parse(candidate)
    const pattern = new StreamPattern(readFileSync(patternPath))
    const connection = await stack.connect({ address: peerAddress, port })
    const { stream } = connection
    const arrivedBytes = () => stream.acknowledged + stream.consumed
    progresses({ arrivedBytes, share: () => arrivedBytes() / (2 * bytes) })
    const recorder = new ArrivalRecorder()
    const [drained] = await Promise.all([
      drain(connection, pattern, (consumed) => recorder.record(consumed)),
      fill(connection, pattern, bytes).then(() => connection.close()),
    ])
    await connection.closed()
    return {
      sent: bytes,
      received: drained.bytes,
      verified: drained.bytesVerified,
      arrivals: recorder.arrivals,
    }
  },
}
