/** The pipelined strategy: reading, protocol and performing on threads of their own (see `pipeline-layout.ts`). */
import { Random } from '../../device/random.ts'
import { Channel } from '../../dominoes/channel/channel.ts'
import { ActionQueue } from '../../dominoes/contract/action-queue.ts'
import { noDeadline } from '../../dominoes/contract/domain.ts'
import { Counters } from '../../dominoes/memory/counters.ts'
import { Signal } from '../../dominoes/memory/signal.ts'
import { initialiseFramework } from '../../dominoes/replica/framework-layout.ts'
import { stateOf } from '../layout/stack-layout.ts'
import { openCommonEnds } from '../parts/common-ends.ts'
import { openDomain, openSource, wrapped } from '../parts/open-parts.ts'
import { openSequential } from '../sequential/strategy.ts'
import type { Strategy, StrategyThread, ThreadParts } from '../strategy.ts'
import { EmittedActions } from './emitted-actions.ts'
import { Pipe } from './pipe.ts'
import { type PipelineLayout, planPipeline } from './pipeline-layout.ts'
import { CheckedSlots, ProtocolStage, ReaderStage } from './stages.ts'
import { ProtocolThread, ReaderThread, type StageThreadParts, TransmitterThread } from './threads.ts'
import { TransmitterStage } from './transmitter-stage.ts'

export const pipelinedStrategy: Strategy = {
  plan: planPipeline,
  initialise: (region, layout, time) => initialiseFramework(region, layout.framework, { time }),
  openThread: (parts) => (parts.layout.replicas === 1 ? openSequential(parts) : openStageThread(parts)),
  openEnds: (region, layout, wakeDevice) => {
    const pipe = new Pipe(region.words, (layout as PipelineLayout).pipe, layout.framework.channel)
    const hasPassed = layout.replicas === 1 ? () => true : (index: number) => pipe.hasPassed(index)
    return openCommonEnds(region, layout, wakeDevice, hasPassed)
  },
}

function openStageThread(parts: ThreadParts): StrategyThread {
  const { region, thread, clock } = parts
  const layout = parts.layout as PipelineLayout
  const { framework, pipe: pipeLayout } = layout
  const shared: StageThreadParts = {
    pipe: new Pipe(region.words, pipeLayout, framework.channel),
    channel: new Channel(region, framework.channel, thread),
    counters: new Counters(region, framework.counters, thread),
    clock,
    readSignal: new Signal(region, pipeLayout.readSignal),
    emittedSignal: new Signal(region, pipeLayout.emittedSignal),
  }
  const isProtocolApart = layout.replicas > 2
  if (thread === 0) {
    const reader = openReader(parts, shared)
    return new ReaderThread(shared, reader, isProtocolApart ? undefined : openProtocol(parts, shared))
  }
  if (isProtocolApart && thread === 1) return new ProtocolThread(shared, openProtocol(parts, shared))
  return openTransmitter(parts, shared, thread - (isProtocolApart ? 2 : 1))
}

/** Timers are the protocol's: only it knows when a deadline changes. */
function openReader(
  parts: ThreadParts,
  { pipe, counters, readSignal, clock }: StageThreadParts,
): ReaderStage {
  const { region, layout } = parts
  const domain = openDomain(parts, { state: stateOf(region, layout, 0) })
  const slots = new CheckedSlots(region.words, pipe, domain, counters, readSignal, clock.nowMicros())
  return new ReaderStage(openSource(parts, slots, { microsUntilDeadline: () => noDeadline }), counters)
}

function openProtocol(parts: ThreadParts, shared: StageThreadParts): ProtocolStage {
  const { pipe, counters, clock } = shared
  const { progress } = shared.channel
  const { region, seed } = parts
  const layout = parts.layout as PipelineLayout
  const emitted = new EmittedActions(region, layout.pipe, pipe)
  const domain = openDomain(parts, { state: stateOf(region, layout, 0), actions: emitted })
  const random = new Random(seed ^ 0x7e3a91)
  const { tickSlot } = layout.pipe
  const { words } = region
  return new ProtocolStage({ words, pipe, domain, emitted, counters, clock, random, progress, tickSlot })
}

function openTransmitter(
  parts: ThreadParts,
  shared: StageThreadParts,
  transmitter: number,
): TransmitterThread {
  const { region } = parts
  const layout = parts.layout as PipelineLayout
  const { pipe, counters, channel } = shared
  // Its own queue stays empty: it only says where actions lie.
  const actions = new ActionQueue(layout.pipe.ringCount, region.words)
  const domain = wrapped(parts, openDomain(parts, { state: stateOf(region, layout, 0), actions }))
  const { words } = region
  const { progress } = channel
  const stage = new TransmitterStage({
    words,
    pipe,
    layout: layout.pipe,
    transmitter,
    domain,
    counters,
    progress,
  })
  return new TransmitterThread(shared, stage)
}
