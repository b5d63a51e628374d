/** The replicated strategy: the framework's replicas, one a thread (see `stack/dominoes`). */
import { Auditor } from '../../dominoes/audit/auditor.ts'
import { Channel } from '../../dominoes/channel/channel.ts'
import { awaitAdmission } from '../../dominoes/membership/orders.ts'
import { initialiseFramework } from '../../dominoes/replica/framework-layout.ts'
import type { RingOccupancy } from '../layout/live-counters.ts'
import { openCommonEnds, readProtocolCounters } from '../parts/common-ends.ts'
import { startRecorder } from '../replay/recorder.ts'
import type { Strategy, StrategyThread, ThreadParts } from '../strategy.ts'
import { reachMark } from './checkpoint.ts'
import { openCrew } from './crew/open-crew.ts'
import { planReplicated, type ReplicatedLayout } from './layout.ts'
import { openReplicaThread } from './open-thread.ts'
import { openReader } from './reader/open-reader.ts'

export const replicatedStrategy: Strategy = {
  plan: (parameters) => planReplicated(parameters),
  initialise: (region, layout, time) => initialiseFramework(region, layout.framework, { time }),
  openThread,
  openEnds: (region, layout, wakeDevice) => {
    const { framework } = layout
    const ends = openCommonEnds(region, layout, wakeDevice, (index) => ends.channel.hasPassed(index))
    const auditor = new Auditor(region, framework.digests, framework.channel)
    const application =
      // One replica alone performs a request's actions before the application can see its upcalls.
      layout.replicas === 1 ? { ...ends.application, hasPassed: () => true } : ends.application
    return {
      ...ends,
      application,
      protocolCounters: () => {
        // Read those of a replica that is active: a removed one has old counters.
        const living = Array.from({ length: layout.replicas }, (_, replica) => replica).find((replica) =>
          ends.channel.isActive(replica),
        )
        return readProtocolCounters(region, layout, living ?? 0)
      },
      audits: {
        audit: () => {
          auditor.audit()
        },
        report: () => auditor.report(),
        finish: () => auditor.finish(),
        checkpoint: async (isOver) => {
          await reachMark({
            channel: ends.channel,
            mailbox: ends.mailbox,
            stride: framework.digests.stride,
            wake: () => application.wake(),
            isOver,
          })
          auditor.audit()
        },
        // Loaded when needed: threads import this file, too, and never explain a divergence.
        explain: async (stack) => (await import('./divergence/stop.ts')).stopDiverged(stack),
      },
      ringOccupancy: () => ringOccupancy(ends.channel, layout.replicas),
    }
  },
  startAside: startRecorder,
  openCrew,
  awaitAdmission: (region, layout, thread) => {
    const { membership, channel } = layout.framework
    return awaitAdmission(region, membership, new Channel(region, channel, thread), thread)
  },
}

function ringOccupancy(channel: Channel, replicas: number): RingOccupancy {
  // Positions first: the tail only grows, so the difference is never negative. It may be too large by what
  // was published in between.
  const positions = Array.from({ length: replicas }, (_, replica) => channel.positionOf(replica))
  const { tail, slotCount } = channel
  const behind = positions.filter((_, replica) => channel.isActive(replica)).map((at) => (tail - at) | 0)
  return { occupied: Math.min(slotCount, Math.max(0, ...behind)), slots: slotCount }
}

function openThread(parts: ThreadParts): StrategyThread {
  const { reader, replicas } = parts.layout as ReplicatedLayout
  if (reader !== undefined && parts.thread === replicas) return openReader(parts, reader)
  const { replica, domain } = openReplicaThread(parts)
  return {
    get idleWeight() {
      return replica.idleWeight
    },
    doWork: () => replica.doWork(),
    get isFinished() {
      return replica.hasLeft || replica.isFinished
    },
    finish: () => {
      if (!replica.hasLeft) replica.recordFinalDigest()
    },
    park: (micros) => replica.park(micros),
    microsUntilDeadline: (now) => domain.microsUntilDeadline(now),
  }
}
