/** Takes a sample of two flows over one link: Linux's is under way before the stack's begins, and after it has ended. */
import { patternPath, travellingContent } from '../../content/stream-files.ts'
import { HarnessError } from '../../error.ts'
import { pathEvents } from '../../topology/counters.ts'
import type { Ended, ExchangeSide } from '../host-side.ts'
import { measure } from '../measuring.ts'
import { commonTime } from './common-time.ts'
import { besideLinuxMeasures } from './measures.ts'
import { receiver, sender } from './peer-side.ts'
import { type BesideLinuxTask, receiverSchema, senderSchema } from './task.ts'

/** How long the later flow needs to find its share, beyond what an exchange settles. */
const convergenceSeconds = 0.4
/** For opening and closing the connections. */
const graceSeconds = 20
/** What is in it when a flow is to end still has to cross the link. */
const bufferBytes = 256 * 1024

export const hostSide: ExchangeSide = {
  kind: 'exchange',

  async exchange(_options, { settling, measured }, site) {
    await travellingContent(site.directory, site.payloadWork, 0)
    const { peerAddress, port, addressOf } = site
    const seconds = convergenceSeconds + settling + measured
    const timeoutSeconds = Math.ceil(graceSeconds + seconds)
    const task: BesideLinuxTask = { peerAddress, port, seconds, patternPath }
    const common = { pattern: patternPath, timeoutSeconds }
    const sendingTo = (address: string) => ({
      ...common,
      meet: { connect: `${address}:${port}` },
      bufferBytes,
    })
    const receiving = receiver({ ...common, meet: { listen: port } })
    return {
      listens: 'peer',
      task,
      peer: receiving,
      standIn: sender({ ...sendingTo(peerAddress), seconds }),
      beside: [
        { node: 'rival-peer', program: receiving },
        // It is stopped when the stack's flow has ended.
        {
          node: 'rival',
          program: sender({ ...sendingTo(addressOf('rival-peer')), seconds: timeoutSeconds }),
        },
      ],
      timeoutSeconds,
    }
  },

  conclude(_options, { stack, protocol, peer, beside = [], seen }: Ended, { settling, measured }) {
    const own = { sender: senderSchema.parse(stack), receiver: receiverSchema.parse(peer) }
    const rival = { receiver: receiverSchema.parse(beside[0]), sender: senderSchema.parse(beside[1]) }
    const arrivals = [own.receiver.arrivals, rival.receiver.arrivals] as const
    const together = commonTime(arrivals, 1e6 * (convergenceSeconds + settling), 1e6 * measured)
    if (together === null) {
      throw new HarnessError(
        'The two flows were not under way at the same time.',
        'Read the log of this sample: one of them may have been starved by the other, or have begun late.',
      )
    }
    const [ownBytes, besideBytes] = together.bytes
    return {
      measures: measure(besideLinuxMeasures, {
        ownBytes,
        besideBytes,
        measuredMicros: together.micros,
        retransmits: protocol?.retransmits ?? pathEvents(seen.stack).retransmitted,
        besideRetransmits: rival.sender.retransmits ?? null,
      }),
      deliveries: [own, rival].map(({ sender: { sent }, receiver: { received, verified } }) => ({
        unit: 'bytes',
        sent,
        received,
        verified,
      })),
      measuredMicros: together.micros,
    }
  },
}
