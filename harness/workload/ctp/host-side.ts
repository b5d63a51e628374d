/** Takes a sample of messages from the stack under test to the stack at the other end, which measures. */
import { patternPath, travellingContent } from '../../content/stream-files.ts'
import { HarnessError } from '../../error.ts'
import { microprotocolSets } from '../../matrix/microprotocol-sets.ts'
import { receiverSchema, senderSchema } from '../datagrams/task.ts'
import { exchangeTimes, windowDatagrams } from '../datagrams/times.ts'
import type { ExchangeSide } from '../host-side.ts'
import { measure } from '../measuring.ts'
import { ctpMeasures } from './measures.ts'
import type { CtpOptions } from './specification.ts'
import type { CtpTask } from './task.ts'

export const hostSide: ExchangeSide<CtpOptions> = {
  kind: 'exchange',

  async exchange({ microprotocols, datagramBytes }, extent, site) {
    await travellingContent(site.directory, undefined, 0)
    const { port, peerAddress, stackAddress } = site
    const { quietSeconds, timeoutSeconds } = exchangeTimes(extent, site)
    const task: CtpTask = {
      direction: 'send',
      peerAddress,
      port,
      datagramBytes,
      offeredPerSecond: 0,
      windowDatagrams,
      settlingSeconds: extent.settling,
      seconds: extent.measured,
      quietSeconds,
      patternPath,
      microprotocols,
    }
    return {
      listens: 'peer',
      task,
      peerTask: { ...task, direction: 'receive', peerAddress: stackAddress } satisfies CtpTask,
      timeoutSeconds,
    }
  },

  conclude({ microprotocols, datagramBytes }, { stack, peer, protocol = {}, peerProtocol = {}, seen }) {
    const { sent, sentMicros } = senderSchema.parse(stack)
    const told = receiverSchema.parse(peer)
    const { total, distinct, measuredMicros, damaged } = told
    if (total !== sent) {
      throw new HarnessError(`${sent} messages were sent, but ${total} were told.`, 'Report this defect.')
    }
    const { messagesAgain: again = 0, messagesUnsent: lostAtStack = 0 } = protocol
    const { messagesDropped: lostAtPeer = 0 } = peerProtocol
    const { cpuMicros } = seen
    const facts = { ...told, datagramBytes, sent, sentMicros, lostAtStack, lostAtPeer, again, cpuMicros }
    const set: readonly string[] = microprotocolSets[microprotocols]
    const promise = set.includes('reliability') ? {} : { mayBeLost: true as const }
    return {
      measures: measure(ctpMeasures, facts),
      deliveries: [{ unit: 'messages', sent, received: distinct + damaged, verified: distinct, ...promise }],
      measuredMicros,
    }
  },
}
