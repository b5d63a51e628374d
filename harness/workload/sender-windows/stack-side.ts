/** A traced transfer in the stack's container: connects to the peer, receives, and compares every byte. */
import { readFileSync } from 'node:fs'
import { drain } from '../../content/carry-stream.ts'
import { StreamPattern } from '../../content/stream-pattern.ts'
import type { ReceiverTold } from '../beside-linux/task.ts'
import { ArrivalRecorder } from '../bidirectional/arrival-recorder.ts'
import type { ApplicationSide, StackContext } from '../stack-side.ts'
import { taskSchema } from './task.ts'

export const stackSide: ApplicationSide = {
  kind: 'application',
  // More than the path holds, so that the congestion window decides.
  stackOptions: { coalesceMillis: 4, connectionCount: 16, receiveBufferBytes: 2 ** 20 },

  async run(candidate: unknown, { stack, progresses }: StackContext): Promise<ReceiverTold> {
    const { peerAddress, port, seconds, patternPath } = taskSchema.parse(candidate)
    const pattern = new StreamPattern(readFileSync(patternPath))
    const connection = await stack.connect({ address: peerAddress, port })
    const startedAt = performance.now()
    const share = () => (performance.now() - startedAt) / (1000 * seconds)
    progresses({ arrivedBytes: () => connection.stream.consumed, share })
    const recorder = new ArrivalRecorder()
    const { bytes, bytesVerified } = await drain(connection, pattern, (consumed) => recorder.record(consumed))
    connection.close()
    await connection.closed()
    return { received: bytes, verified: bytesVerified, arrivals: [...recorder.arrivals] }
  },
}
