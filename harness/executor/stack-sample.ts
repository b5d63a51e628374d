/**
 * One transfer between our stack and the Linux peer, verified at both ends. The stack's process stays for the samples
 * of a few rounds of its cell; before the first it makes some transfers that are verified like the others and not measured.
 */
import { existsSync } from 'node:fs'
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Disturbance, TransferResult, TransferSpec } from '../agent/transfer-spec.ts'
import { HarnessError } from '../error.ts'
import type { Measurement } from '../result/sample.ts'
import type { SampleContext, SampleOutcome } from '../runner/executor.ts'
import { pathEvents, socketSnapshot } from '../topology/counters.ts'
import { paths } from '../topology/node.ts'
import { type SinkResult, type SourceResult, startSink, startSource } from '../topology/peer-program.ts'
import type { AgentConnection } from './agent-connection.ts'
import type { Bench } from './bench.ts'
import type { CellPlan } from './cell-plan.ts'
import { disturbanceOf } from './disturbance-of.ts'
import { type Observation, observe } from './observe.ts'
import { congestionControl } from './peer-defaults.ts'
import { isToBeRecorded, keepRecording, recordedBytes, recordPath } from './recording.ts'
import { patternPath, travellingContent } from './stream-files.ts'

const port = 5001
/** In the directory that the containers share. */
const dumpsName = 'dumps'
/** A transfer that is slower than this, in bytes a second, has failed; where the path is impaired, less is the finding. */
const slowest = 2 * 2 ** 20
const slowestImpaired = 64 * 2 ** 10
/** Of a connection's bytes, the share before its measurement begins: slow start, and caches that others used. */
const settlingShare = 1 / 8

/**
 * Connections among which the warm-up's bytes are shared out. What was compiled while there had been only one is thrown
 * away when the next is opened, and is compiled again during its transfer.
 */
const warmupTransfers = 4

/** What is sampled, and for the how manyth time. */
type PlannedSample = Extract<CellPlan, { kind: 'stack' }> & { readonly cell: string; readonly round: number }

export async function takeStackSample(
  bench: Bench,
  plan: PlannedSample,
  context: SampleContext,
  records: boolean,
): Promise<SampleOutcome> {
  const { agent } = bench
  if (agent === undefined) {
    throw new HarnessError(
      `Topology "${bench.deployment.topology.id}" has no stack.`,
      'Use tap, tap-bridge or veth-packet in the cells of this strategy.',
    )
  }
  const { transferBytes, warmupBytes } = context
  const disturbance = disturbanceOf(plan.disturbance, context.seed)
  const disturbed: Changes = disturbance === undefined ? {} : { disturbance }
  const move = (settlingBytes: number, bytes: number, changes: Changes = {}) => {
    const spec = specOf(bench, plan, context, settlingBytes, bytes)
    const stack = { ...spec.stack, ...changes.stack }
    return transfer(bench, agent, { ...spec, ...changes, stack }, context)
  }
  await bench.enterRound(context.experiment, plan.round)
  if (!bench.warmCells.delete(plan.cell)) {
    context.log('warming up')
    for (let k = 0; k < warmupTransfers; k++) {
      refuseFaults('warm-up', await move(0, Math.ceil(warmupBytes / warmupTransfers)))
    }
  }
  const settlingBytes = Math.ceil(transferBytes * settlingShare)
  const { result, peer, seen } = await move(settlingBytes, transferBytes, disturbed)
  // Only now: after a failure the process is a new one, and cold.
  bench.warmCells.add(plan.cell)
  const measurement = 'bytesVerified' in peer ? sent(result, peer, seen) : received(result, peer, seen)
  if (records && isToBeRecorded(plan.stack, context)) {
    context.log('once more, recording')
    const changes = { ...disturbed, stack: { recordPath } }
    refuseFaults('recorded', await move(0, recordedBytes(transferBytes), changes))
    await keepRecording(bench.directory, context)
  }
  return { status: 'measured', measurement }
}

/** What is not the same for all transfers of a sample. */
interface Changes {
  readonly disturbance?: Disturbance
  readonly stack?: { readonly recordPath: string }
}

interface Moved {
  readonly result: TransferResult
  readonly peer: SinkResult | SourceResult
  readonly seen: Observation
}

async function transfer(
  bench: Bench,
  agent: AgentConnection,
  spec: TransferSpec,
  context: SampleContext,
): Promise<Moved> {
  const total = spec.warmupBytes + spec.transferBytes
  const content = await travellingContent(bench.directory, spec.stack.payloadWork, total)
  const endpoint = {
    meet: { listen: port },
    connections: spec.connections,
    content,
    warmupBytes: spec.warmupBytes,
    timeoutSeconds: spec.timeoutSeconds,
  }
  context.recordCommand(['transfer', JSON.stringify(spec)])
  const [[result, peer], seen] = await observe(bench, async () => {
    const program =
      spec.direction === 'send'
        ? await startSink(bench.peer, endpoint)
        : await startSource(bench.peer, { ...endpoint, bytes: total, congestionControl })
    try {
      await program.ready
      // Together: a peer that dies must not leave us waiting for a transfer that cannot end.
      return await Promise.all([agent.transfer(spec), program.result])
    } catch (error) {
      context.log(await socketSnapshot(bench.peer).catch(() => ''))
      await keepDumps(bench, context)
      await program.kill()
      throw error
    }
  })
  context.log(JSON.stringify({ result, peer, seen }, null, 2))
  return { result, peer, seen }
}

/** What a stack wrote about replicas that differ goes beside the sample's log. */
async function keepDumps(bench: Bench, context: SampleContext): Promise<void> {
  const from = join(bench.directory, dumpsName)
  if (!existsSync(from)) return
  await cp(from, `${context.logPath}.dumps`, { recursive: true })
  await rm(from, { recursive: true })
  context.log(`The replicas that differed are described in ${context.logPath}.dumps.`)
}

/** What is no sample has to be said here to be wrong. */
function refuseFaults(name: string, { result, peer }: Moved): void {
  const verified = 'bytesVerified' in peer ? peer.bytesVerified : result.bytesVerified
  if (verified === result.bytes && result.divergences === 0) return
  throw new HarnessError(
    `The ${name} transfer was not clean: ${verified} of ${result.bytes} bytes verified, ${result.divergences} divergences.`,
    'This is a defect of the stack; the log of this sample has the details.',
  )
}

function specOf(
  bench: Bench,
  { cell, stack, direction, connections, impairment = bench.link.impairment }: PlannedSample,
  context: SampleContext,
  warmupBytes: number,
  transferBytes: number,
): TransferSpec {
  const share = (bytes: number) => Math.ceil(bytes / connections)
  const { address, prefixBits } = bench.stack
  return {
    stack: {
      ...stack,
      address: `${address}/${prefixBits}`,
      mtuBytes: bench.link.mtuBytes,
      dumpDirectory: `${paths.shared}/${dumpsName}`,
      ...(impairment === undefined
        ? {}
        : { impairment: { ...impairment, seed: bench.seedFor(cell, context.seed) } }),
    },
    direction,
    peerAddress: bench.peer.address,
    port,
    connections,
    warmupBytes: share(warmupBytes),
    transferBytes: share(transferBytes),
    patternPath,
    timeoutSeconds: Math.ceil(
      20 + (warmupBytes + transferBytes) / (impairment === undefined ? slowest : slowestImpaired),
    ),
  }
}

/** What both directions have in common. */
function common(result: TransferResult, seen: Observation) {
  return {
    spuriousRetransmits: null,
    cpuMicros: seen.cpuMicros,
    memoryBytes: {
      // The container holds the stacks of other cells, too.
      stack: result.maxResidentBytes,
      peer: seen.memoryBytes.peer,
    },
    divergences: result.divergences,
    digestsCompared: result.digestsCompared,
    digestsMissed: result.digestsMissed,
    requests: result.protocol.requests ?? null,
    framesIn: result.framesIn,
    framesOut: result.framesOut,
    perReplica: result.perReplica,
    ...(result.disturbed === undefined ? {} : { disturbed: result.disturbed }),
    ...(result.path === undefined ? {} : { path: result.path }),
    retransmitsOf: {
      stack: result.protocol.retransmits ?? null,
      peer: pathEvents(seen.peer).retransmitted,
    },
    note: result.note,
  }
}

/** The stack sent, the peer's sink compared and timed. */
function sent(result: TransferResult, peer: SinkResult, seen: Observation): Measurement {
  const events = pathEvents(seen.peer)
  return {
    ...common(result, seen),
    bytesSent: result.bytes,
    bytesReceived: peer.bytesReceived,
    bytesVerified: peer.bytesVerified,
    transferBytes: peer.measuredBytes,
    transferMicros: peer.measuredMicros,
    retransmits: result.protocol.retransmits ?? null,
    outOfOrder: events.queuedOutOfOrder,
    duplicateAcks: result.protocol.duplicateAcksIn ?? null,
    spuriousRetransmits: events.duplicatesSeen,
    cpuBytes: result.bytes,
  }
}

/** The peer's source sent, the stack's application compared and timed. */
function received(result: TransferResult, peer: SourceResult, seen: Observation): Measurement {
  const events = pathEvents(seen.peer)
  return {
    ...common(result, seen),
    bytesSent: peer.bytesSent,
    bytesReceived: result.bytes,
    bytesVerified: result.bytesVerified,
    transferBytes: result.measuredBytes,
    transferMicros: result.measuredMicros,
    retransmits: events.retransmitted,
    outOfOrder: result.protocol.outOfOrderIn ?? null,
    duplicateAcks: null,
    spuriousRetransmits: events.duplicatesReported,
    cpuBytes: result.bytes,
  }
}
