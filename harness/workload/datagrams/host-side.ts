/** Takes a sample of datagrams: the stack sends to a program at the peer, or receives from one; the receiver measures. */
import { patternPath, travellingContent } from '../../content/stream-files.ts'
import { HarnessError } from '../../error.ts'
import type { Counters } from '../../topology/counters.ts'
import type { Ended, ExchangeSide } from '../host-side.ts'
import { measure } from '../measuring.ts'
import { datagramMeasures } from './measures.ts'
import { receiver, sender } from './peer-side.ts'
import type { DatagramOptions } from './specification.ts'
import { type DatagramTask, receiverSchema, senderSchema } from './task.ts'
import { exchangeTimes, windowDatagrams } from './times.ts'

export const hostSide: ExchangeSide<DatagramOptions> = {
  kind: 'exchange',

  async exchange({ direction, datagramBytes, offeredPerSecond }, extent, site) {
    await travellingContent(site.directory, site.payloadWork, 0)
    const { port, peerAddress, stackAddress } = site
    const { quietSeconds, timeoutSeconds } = exchangeTimes(extent, site)
    const task: DatagramTask = {
      direction,
      peerAddress,
      port,
      datagramBytes,
      offeredPerSecond,
      windowDatagrams,
      settlingSeconds: extent.settling,
      seconds: extent.measured,
      quietSeconds,
      patternPath,
    }
    const isSending = direction === 'send'
    const sending = sender(task, isSending ? peerAddress : stackAddress, timeoutSeconds)
    const receiving = receiver(task, timeoutSeconds)
    return {
      listens: isSending ? 'peer' : 'stack',
      task,
      peer: isSending ? receiving : sending,
      standIn: isSending ? sending : receiving,
      timeoutSeconds,
    }
  },

  conclude({ direction, datagramBytes }, ended) {
    const isSending = direction === 'send'
    const { sent, sentMicros } = senderSchema.parse(isSending ? ended.stack : ended.peer)
    const told = receiverSchema.parse(isSending ? ended.peer : ended.stack)
    const { total, distinct, measuredMicros, damaged } = told
    if (total !== sent) {
      throw new HarnessError(`${sent} datagrams were sent, but ${total} were told.`, 'Report this defect.')
    }
    const facts = {
      ...told,
      datagramBytes,
      sent,
      sentMicros,
      ...lostByEnds(isSending, ended),
      cpuMicros: ended.seen.cpuMicros,
    }
    return {
      measures: measure(datagramMeasures, facts),
      deliveries: [
        { unit: 'datagrams', sent, received: distinct + damaged, verified: distinct, mayBeLost: true },
      ],
      measuredMicros,
    }
  },
}

/** Losses that each end counted itself: the sender could not send, or the receiver's buffer was full. */
function lostByEnds(isSending: boolean, { protocol, seen }: Ended) {
  const linux = ({ 'Udp.SndbufErrors': unsent = 0, 'Udp.RcvbufErrors': dropped = 0 }: Counters) => ({
    unsent,
    dropped,
  })
  const { datagramsUnsent: unsent = 0, datagramsDropped: dropped = 0 } = protocol ?? {}
  const stack = protocol === undefined ? linux(seen.stack) : { unsent, dropped }
  const peer = linux(seen.peer)
  return isSending
    ? { lostAtStack: stack.unsent, lostAtPeer: peer.dropped }
    : { lostAtStack: stack.dropped, lostAtPeer: peer.unsent }
}
