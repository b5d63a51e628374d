/** The locked strategy: N threads over one protocol state behind a lock (see `locked.ts`). */
import { Channel } from '../../dominoes/channel/channel.ts'
import { Counters, type CountersLayout, planCounters, readCounters } from '../../dominoes/memory/counters.ts'
import { initialiseFramework } from '../../dominoes/replica/framework-layout.ts'
import { planStack, type StackLayout, stateOf } from '../layout/stack-layout.ts'
import { workerCount } from '../layout/worker-count.ts'
import type { StackParameters } from '../options.ts'
import { openCommonEnds } from '../parts/common-ends.ts'
import { openDomain, openSource, wrapped } from '../parts/open-parts.ts'
import { ActionRunner, EarlyFullQueue } from '../perform/action-runner.ts'
import type { Strategy, StrategyThread, ThreadParts } from '../strategy.ts'
import { BatchSlots } from './batch-slots.ts'
import { LockCounter } from './lock-counters.ts'
import { Locked, lockedActionCapacity, lockedActions, lockedBatch } from './locked.ts'
import { openLock, planLock } from './locks.ts'
import { OrderBoard, planOrderBoard } from './order-board.ts'

interface LockedLayout extends StackLayout {
  readonly lockWord: number
  readonly boardWord: number
  readonly lockCounters: CountersLayout
}

/** A batch, and a slot for what is emitted without a request. */
const slotsPerThread = 2 * lockedBatch

export const lockedStrategy: Strategy = {
  plan: (parameters) => {
    const threads = workerCount(parameters.strategy)
    const slotCount = slotsPerThread * 2 ** Math.ceil(Math.log2(threads))
    return planStack(parameters, { threads, states: 1, slotCount }, (plan) => ({
      lockWord: planLock(plan),
      boardWord: planOrderBoard(plan, threads),
      lockCounters: planCounters(plan, threads),
    }))
  },
  initialise: (region, layout, time) => initialiseFramework(region, layout.framework, { time }),
  openThread,
  openEnds: (region, layout, wakeDevice) => {
    const { boardWord, lockCounters } = layout as LockedLayout
    const board = new OrderBoard(region.words, boardWord, layout.replicas)
    const ends = openCommonEnds(region, layout, wakeDevice, (index) => board.hasPassed(index))
    return {
      ...ends,
      threadCounters: (thread) => ({
        ...ends.threadCounters(thread),
        ...readCounters(region, lockCounters, thread, LockCounter),
      }),
    }
  },
}

function openThread(parts: ThreadParts): StrategyThread {
  const { region, thread, clock, device } = parts
  const { words } = region
  const layout = parts.layout as LockedLayout
  const { framework } = layout
  const channel = parts.channel ?? new Channel(region, framework.channel, thread)
  const counters = new Counters(region, framework.counters, thread)
  const lockCounters = new Counters(region, layout.lockCounters, thread)
  const lock = openLock(lockKindOf(parts.parameters), words, layout.lockWord, lockCounters)
  const { slotsWord, slotBytes } = framework.channel
  const board = new OrderBoard(words, layout.boardWord, layout.replicas)
  const slots = new BatchSlots(
    {
      slotsWord: slotsWord + thread * slotsPerThread * (slotBytes / 4),
      slotCount: lockedBatch + 1,
      slotBytes,
    },
    channel,
    board,
  )
  const queue = new EarlyFullQueue(lockedActionCapacity, lockedActions)
  const domain = openDomain(parts, { state: stateOf(region, layout, 0), actions: queue })
  const performing = wrapped(parts, domain)
  return new Locked({
    thread,
    words,
    domain: performing,
    queue,
    runner: new ActionRunner(performing, counters),
    source: openSource(parts, slots, domain, { batch: lockedBatch }),
    slots,
    channel,
    board,
    lock: parts.wrapLock?.(lock) ?? lock,
    counters,
    lockCounters,
    clock,
    device,
  })
}

function lockKindOf({ strategy }: StackParameters) {
  return (strategy.kind === 'locked' ? strategy.lock : undefined) ?? 'parking'
}
