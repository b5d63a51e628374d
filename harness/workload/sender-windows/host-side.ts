/** Takes a sample of windows: the stack connects to a Linux host, which sends to it for a time and looks at its windows. */
import { patternPath, travellingContent } from '../../content/stream-files.ts'
import { HarnessError } from '../../error.ts'
import { receiver, sender } from '../beside-linux/peer-side.ts'
import { receiverSchema } from '../beside-linux/task.ts'
import { bytesBetween } from '../bidirectional/overlap.ts'
import type { ExchangeSide } from '../host-side.ts'
import { measure } from '../measuring.ts'
import { meanWindows } from './mean-windows.ts'
import { windowMeasures } from './measures.ts'
import { tracedSenderSchema, type WindowsTask } from './task.ts'

/** What slow start takes before the window goes up and down, beyond what an exchange settles. */
const slowStartSeconds = 0.3
/** For opening and closing the connection. */
const graceSeconds = 20
/** What is in it when the time is over still has to cross the path. */
const bufferBytes = 256 * 1024

export const hostSide: ExchangeSide = {
  kind: 'exchange',

  async exchange(_options, { settling, measured }, site) {
    await travellingContent(site.directory, site.payloadWork, 0)
    const { peerAddress, port } = site
    const seconds = slowStartSeconds + settling + measured
    const timeoutSeconds = Math.ceil(graceSeconds + seconds)
    const task: WindowsTask = { peerAddress, port, seconds, patternPath }
    const common = { pattern: patternPath, timeoutSeconds }
    return {
      listens: 'peer',
      task,
      peer: sender({ ...common, meet: { listen: port }, bufferBytes, seconds, traceMillis: 10 }),
      standIn: receiver({ ...common, meet: { connect: `${peerAddress}:${port}` } }),
      timeoutSeconds,
    }
  },

  conclude(_options, { stack, peer }, { settling, measured }) {
    const { received, verified, arrivals } = receiverSchema.parse(stack)
    const { sent, retransmits = null, trace } = tracedSenderSchema.parse(peer)
    const began = trace[0]?.[0] ?? 0
    const from = began + 1e6 * (slowStartSeconds + settling)
    const to = Math.min(from + 1e6 * measured, arrivals.at(-1)?.[0] ?? 0)
    const windows = to > from ? meanWindows(trace, from, to) : null
    if (windows === null) {
      throw new HarnessError('Nothing arrived within the measured time.', 'Read the log of this sample.')
    }
    const measuredMicros = to - from
    return {
      measures: measure(windowMeasures, {
        bytes: bytesBetween(arrivals, from, to),
        measuredMicros,
        windows,
        retransmits,
      }),
      deliveries: [{ unit: 'bytes', sent, received, verified }],
      measuredMicros,
      windows: {
        settledMillis: (from - began) / 1000,
        points: trace.map(([micros, ...bytes]) => [(micros - began) / 1000, ...bytes]),
      },
    }
  },
}
