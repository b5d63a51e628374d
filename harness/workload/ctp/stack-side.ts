/** Messages in a stack's container: as datagrams are sent and received, but through a composite protocol. */
import { readFileSync } from 'node:fs'
import { StreamPattern } from '../../content/stream-pattern.ts'
import { microprotocolSets } from '../../matrix/microprotocol-sets.ts'
import { DatagramContent } from '../datagrams/content.ts'
import { receive } from '../datagrams/receiver.ts'
import { send } from '../datagrams/sender.ts'
import type { ApplicationSide, StackContext } from '../stack-side.ts'
import { taskSchema } from './task.ts'

export const stackSide: ApplicationSide = {
  kind: 'application',
  // As for datagrams, TCP serves only to tell how many messages there were.
  stackOptions: { connectionCount: 16 },

  async run(candidate: unknown, context: StackContext) {
    const { microprotocols: set, ...task } = taskSchema.parse(candidate)
    const content = new DatagramContent(new StreamPattern(readFileSync(task.patternPath)), task.datagramBytes)
    const { peerAddress: address, port } = task
    // Both ends use the same number, each at its own address.
    const composite = { address, port, localPort: port, microprotocols: microprotocolSets[set] }
    const open = () => context.stack.connectComposite(composite)
    return task.direction === 'send'
      ? await send(task, content, context, open)
      : await receive(task, content, context, open)
  },
}
