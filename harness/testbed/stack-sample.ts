/**
 * A sample of our stack and its peer, Linux or another stack of ours. The stack's process is kept for a few rounds of
 * its cell. Before the first of these it makes warm-up exchanges, which are verified like the others but not measured.
 * A quick run has no time for them.
 */
import type { ProcessSpec, StackActivity, Work } from '../agent/messages.ts'
import type { Disturbance, StackSpec } from '../agent/stack-spec.ts'
import { HarnessError } from '../error.ts'
import type { Experiment } from '../matrix/experiment.ts'
import { processOf } from '../matrix/rounds-per-process.ts'
import type { Measurement } from '../result/sample.ts'
import { faultsOf } from '../result/validity.ts'
import type { SampleContext, SampleOutcome } from '../runner/sampler.ts'
import { pathEvents } from '../topology/counters.ts'
import type { DeployedNode } from '../topology/node.ts'
import { type ExchangeSide, type Extent, extentOf } from '../workload/host-side.ts'
import { specificationOf } from '../workload/workloads.ts'
import type { AgentConnection } from './agent-connection.ts'
import type { CellPlan, PlannedStack } from './cell-plan.ts'
import { disturbanceOf } from './disturbance-of.ts'
import { dumpDirectory, type Exchanged, runExchange } from './exchange.ts'
import { observeBehaviour, type Traces } from './observe-behaviour.ts'
import { isToBeRecorded, keepRecording, recordPath } from './recording.ts'
import { siteOf } from './site.ts'
import type { Testbed } from './testbed.ts'

/**
 * The warm-up is divided into this number of exchanges. Code that was compiled while there had been only one connection
 * is thrown away when the next one is opened, and compiled again during that exchange.
 */
const warmupExchanges = 4

/** What is sampled, and in which round. */
export type PlannedSample = Extract<CellPlan, { kind: 'stack' }> & {
  readonly cell: string
  readonly round: number
  readonly seed: number
}

/** What is not the same for all exchanges of a sample. */
interface Changes {
  readonly disturbance?: Disturbance | undefined
  readonly traces?: Traces
}

/**
 * Share of `mostRecorded` whose behaviour is shown: enough to see how a transfer goes, and a few megabytes of files. While
 * replicas die, all of it: one that takes the place of another needs a while to start.
 */
const shownShare = 1 / 4

/** `next` are later samples of the same round on this testbed: their stacks may start together with this one's. */
export async function takeStackSample(
  testbed: Testbed,
  side: ExchangeSide,
  plan: PlannedSample,
  next: readonly PlannedSample[],
  context: SampleContext,
  records: boolean,
): Promise<SampleOutcome> {
  const { agent } = testbed
  if (agent === undefined) {
    throw new HarnessError(
      `Topology "${testbed.deployment.topology.id}" has no stack.`,
      'Use tap, tap-bridge or veth-packet in the cells of this strategy.',
    )
  }
  const { warmup } = plan.work.amount
  const measured = plan.work.amount.measured * context.measuredShare
  const { options } = plan.work
  const make = (extent: Extent, changes: Changes) =>
    exchange(testbed, agent, side, plan, context, extent, changes)
  const measure = async (extent: Extent, changes: Changes) =>
    measurementOf(side, options, await make(extent, changes), extent)
  await testbed.enterSpan(spanOf(context, plan.round))
  const specOf = (sample: PlannedSample) => processOfCell(testbed, sample, context.experiment)
  const process = await agent.prepare(specOf(plan), next.map(specOf))
  const isCold = testbed.warmCells.get(plan.cell) !== process
  if (isCold && context.warmupShare * warmup > 0) {
    context.log('warming up')
    const extent = { settling: 0, measured: (context.warmupShare * warmup) / warmupExchanges }
    for (let k = 0; k < warmupExchanges; k++) refuseFaults('warm-up', await measure(extent, {}))
  }
  const disturbance = disturbanceOf(plan.disturbance, context.seed)
  const measurement = await measure(extentOf(measured), { disturbance })
  testbed.warmCells.set(plan.cell, process)
  const { mostRecorded } = specificationOf(context.experiment.workload)
  if (context.isFirst && context.experiment.behaviour.includes(plan.cell)) {
    context.log('once more, to show how it behaves')
    const most = disturbance === undefined ? shownShare * mostRecorded : mostRecorded
    const extent = { settling: 0, measured: Math.min(plan.work.amount.measured, most) }
    const observed = { ...plan, facesLinux: plan.peer === undefined }
    await observeBehaviour(testbed, observed, context, async (traces) => {
      const exchanged = await make(extent, { disturbance, traces })
      refuseFaults('observed', measurementOf(side, options, exchanged, extent))
      return exchanged.seen.peer
    })
  } else if (records && isToBeRecorded(plan.stack, context)) {
    context.log('once more, recording')
    const extent = { settling: 0, measured: Math.min(measured, mostRecorded) }
    refuseFaults('recorded', await measure(extent, { disturbance, traces: { recordPath } }))
    await keepRecording(testbed.directory, context)
  }
  return { status: 'measured', measurement }
}

/**
 * Samples of one span may share a stack's process. It ends after a few rounds (`processOf`) and after the experiment: a
 * process holds memory, and has a speed that was in part decided when it started. In a quick run, which would spend most of
 * its time on starting them, experiments share processes, unless they kill or stall replicas.
 */
function spanOf({ experiment: { id, cells, rounds }, warmupShare }: SampleContext, round: number): string {
  if (warmupShare > 0) return `${id} ${processOf(round, rounds.full)}`
  const isDisturbed = cells.some(({ factors }) => (factors.disturbance ?? 'none') !== 'none')
  return isDisturbed ? id : 'any'
}

async function exchange(
  testbed: Testbed,
  agent: AgentConnection,
  side: ExchangeSide,
  plan: PlannedSample,
  context: SampleContext,
  extent: Extent,
  { disturbance, traces }: Changes,
): Promise<Exchanged> {
  const { options } = plan.work
  const { stack, ...others } = processOfCell(testbed, plan, context.experiment)
  const site = siteOf(testbed, context.seed, stack.payloadWork, stack.impairment !== undefined)
  const planned = await side.exchange(options, extent, site)
  const common: Omit<Work, 'stack' | 'task' | 'disturbance'> = {
    ...others,
    timeoutSeconds: planned.timeoutSeconds,
    ...(plan.peer === undefined ? {} : { staysAwake: true }),
  }
  const work: Work = {
    ...common,
    stack: { ...stack, ...traces },
    task: { ...planned.task },
    ...(disturbance === undefined ? {} : { disturbance }),
  }
  const peerStack = plan.peer === undefined ? undefined : atNode(testbed, testbed.peer, plan.peer)
  const peer =
    peerStack === undefined ? undefined : { ...common, stack: peerStack, task: { ...planned.peerTask } }
  return await runExchange(testbed, agent, planned, { stack: work, peer }, context)
}

/** Which process does the exchanges of a cell. */
function processOfCell(
  testbed: Testbed,
  plan: PlannedSample,
  { workload }: Experiment,
): ProcessSpec & { readonly stack: StackSpec } {
  const { connections } = plan.work
  return {
    workload: workload.kind,
    stack: stackSpecOf(testbed, plan),
    ...(connections === undefined ? {} : { connections }),
  }
}

function stackSpecOf(
  testbed: Testbed,
  { cell, seed, stack, impairment = testbed.link.impairment }: PlannedSample,
): StackSpec {
  return {
    ...atNode(testbed, testbed.stack, stack),
    ...(impairment === undefined ? {} : { impairment: { ...impairment, seed: testbed.seedFor(cell, seed) } }),
  }
}

/** The specification of a stack of this plan at a node. */
function atNode(
  testbed: Testbed,
  { name, address, prefixBits }: DeployedNode,
  stack: PlannedStack,
): StackSpec {
  return {
    ...stack,
    address: `${address}/${prefixBits}`,
    mtuBytes: testbed.link.mtuBytes,
    dumpDirectory: `${dumpDirectory}/${name}`,
  }
}

function measurementOf(
  side: ExchangeSide,
  options: object,
  { done, peer, peerDone, beside, seen }: Exchanged,
  extent: Extent,
): Measurement {
  const { told, activity } = done
  if (activity === undefined) throw new HarnessError('A task ran without a stack.', 'Report this defect.')
  const { protocol, processorTime, sleeps, note, ...observed } = activity
  const theirs = peerDone?.activity
  const peerProtocol = theirs?.protocol
  const ended = { stack: told, protocol, processorTime, sleeps, peer, peerProtocol, beside, seen }
  const { deliveries, ...outcome } = side.conclude(options, ended, extent)
  return {
    ...outcome,
    ...observed,
    ...(theirs === undefined ? {} : withPeer(observed, theirs)),
    deliveries: [...deliveries],
    note: [outcome.note, note].filter(Boolean).join(' '),
    cpuMicros: seen.cpuMicros,
    ...(seen.interference === undefined ? {} : { interference: seen.interference }),
    // Of the stack's process alone: its container also holds the stacks of other cells.
    memoryBytes: {
      stack: done.maxResidentBytes,
      peer: peerDone?.maxResidentBytes ?? seen.memoryBytes.peer,
    },
    requests: protocol.requests ?? null,
    retransmitsOf: {
      stack: protocol.retransmits ?? null,
      peer:
        theirs === undefined ? pathEvents(seen.peer).retransmitted : (theirs.protocol.retransmits ?? null),
    },
  }
}

/** The digests of both ends count: a state that differed at either end makes the sample void. */
function withPeer(
  own: Omit<StackActivity, 'protocol' | 'processorTime' | 'sleeps' | 'note'>,
  { divergences, digestsCompared, digestsMissed, perReplica }: StackActivity,
) {
  return {
    divergences: own.divergences + divergences,
    digestsCompared: own.digestsCompared + digestsCompared,
    digestsMissed: own.digestsMissed + digestsMissed,
    peerStack: { divergences, digestsCompared, perReplica },
  }
}

/** Throws HarnessError if bytes or states were wrong: for exchanges that are no samples nothing else checks this. */
function refuseFaults(name: string, measurement: Measurement): void {
  const faults = faultsOf(measurement)
  if (faults.length === 0) return
  throw new HarnessError(
    `The ${name} exchange was not clean: ${faults.join(', ')}.`,
    'This is a defect of the stack, or of the workload if that is new; the log of this sample has the details.',
  )
}
