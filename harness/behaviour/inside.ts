/** The inside view of an exchange: what its requests, applied again, tell of the connection that the capture shows. */
import { type InsideVariable, insideVariables, traceInside } from '../../stack/index.ts'
import { thin } from '../../stack/trace/index.ts'
import { HarnessError } from '../error.ts'
import type { InsideView, OutsideView } from '../result/behaviour.ts'

const mostRows = 250

/** Throws LogError if the log is damaged, HarnessError if it does not replay to its own digests. */
export function insideView(log: string, { stackPort, peerPort }: OutsideView): InsideView {
  const { requests, digestsCompared, divergences, connections, isCut, isWhole } = traceInside(log)
  if (divergences > 0 || !isWhole) {
    throw new HarnessError(
      `The requests of an exchange do not replay: ${divergences} of ${digestsCompared} digests differ${isWhole ? '' : ', and the log has no end'}.`,
      `Replay them by themselves: make replay LOG=${log}`,
    )
  }
  const connection = connections.find(
    ({ localPort, remotePort }) => localPort === stackPort && remotePort === peerPort,
  )
  if (connection === undefined) {
    throw new HarnessError(
      `The requests tell of no connection between the ports ${stackPort} and ${peerPort}, which the capture shows.`,
      'This is a defect of the recording; keep the log of the sample.',
    )
  }
  const begun = connection.rows[0]?.micros ?? 0
  const rows = connection.rows.map(({ micros, values }) => {
    const of = (name: InsideVariable) => values[insideVariables.indexOf(name)] as number
    return {
      micros: micros - begun,
      congestionWindow: of('congestionWindow'),
      slowStartThreshold: of('slowStartThreshold'),
      pipe: of('pipe'),
      sendWindow: of('sendWindow'),
      receiveWindow: of('receiveWindow'),
      smoothedRoundTrip: of('smoothedRoundTrip'),
      retransmissionTimeout: of('retransmissionTimeout'),
      recovery: of('recovery'),
    }
  })
  const kept = thin(rows, mostRows, {
    micros: ({ micros }) => micros,
    value: ({ congestionWindow }) => congestionWindow,
    isNotable: ({ recovery }) => recovery !== 0,
  })
  return { requests, digestsCompared, changes: rows.length, isCut, rows: kept }
}
