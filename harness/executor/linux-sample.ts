/** The reference: the same transfer between two unmodified Linux hosts, with the same programs at both ends. */
import { HarnessError } from '../error.ts'
import type { SampleContext, SampleOutcome } from '../runner/executor.ts'
import { pathEvents } from '../topology/counters.ts'
import { startSink, startSource } from '../topology/peer-program.ts'
import type { Bench } from './bench.ts'
import type { CellPlan } from './cell-plan.ts'
import { observe } from './observe.ts'
import { congestionControl } from './peer-defaults.ts'
import { travellingContent } from './stream-files.ts'

const port = 5001

type LinuxPlan = Extract<CellPlan, { kind: 'linux' }>

export async function takeLinuxSample(
  bench: Bench,
  { direction, connections }: LinuxPlan,
  context: SampleContext,
): Promise<SampleOutcome> {
  const isSending = direction === 'send'
  const [from, to] = isSending ? [bench.stack, bench.peer] : [bench.peer, bench.stack]
  // Of each connection.
  const warmupBytes = Math.ceil(context.warmupBytes / connections)
  const bytes = warmupBytes + Math.ceil(context.transferBytes / connections)
  const content = await travellingContent(bench.directory, undefined, bytes)
  const [[source, sink], seen] = await observe(bench, async () => {
    const receiving = await startSink(to, { meet: { listen: port }, connections, content, warmupBytes })
    await receiving.ready
    const sending = await startSource(from, {
      meet: { connect: `${to.address}:${port}` },
      connections,
      content,
      warmupBytes,
      bytes,
      congestionControl,
    })
    return await Promise.all([sending.result, receiving.result])
  })
  context.log(JSON.stringify({ source, sink, seen }, null, 2))
  if (source.failure !== null) {
    throw new HarnessError(
      `The source on ${from.name} failed: ${source.failure}`,
      'Read the log of this sample.',
    )
  }
  const sender = pathEvents(isSending ? seen.stack : seen.peer)
  const receiver = pathEvents(isSending ? seen.peer : seen.stack)
  return {
    status: 'measured',
    measurement: {
      bytesSent: source.bytesSent,
      bytesReceived: sink.bytesReceived,
      bytesVerified: sink.bytesVerified,
      transferBytes: sink.measuredBytes,
      transferMicros: sink.measuredMicros,
      retransmits: sender.retransmitted,
      outOfOrder: receiver.queuedOutOfOrder,
      duplicateAcks: null,
      spuriousRetransmits: sender.duplicatesReported,
      cpuMicros: seen.cpuMicros,
      cpuBytes: sink.bytesReceived,
      memoryBytes: seen.memoryBytes,
      divergences: 0,
      digestsCompared: 0,
      digestsMissed: 0,
      requests: null,
      framesIn: null,
      framesOut: null,
      perReplica: [],
      note: '',
    },
  }
}
