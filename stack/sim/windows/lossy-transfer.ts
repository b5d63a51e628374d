/**
 * One bulk transfer over a path that loses and reorders frames, in virtual time: the sender's channel is recorded, and so
 * are the windows of the machines that sent. Everything follows from the seed; odd ones have NewReno, others CUBIC.
 */
import { Random } from '../../device/random.ts'
import { type LinkParameters, perfectLink } from '../../device/simulated/link-direction.ts'
import { SimulatedLink } from '../../device/simulated/simulated-link.ts'
import { openRegion } from '../../dominoes/memory/region.ts'
import type { MachineConfig } from '../../protocol/config.ts'
import { stateOf } from '../../strategy/layout/stack-layout.ts'
import type { StackParameters } from '../../strategy/options.ts'
import { strategyOf } from '../../strategy/strategies.ts'
import { peerAddress, peerParameters, port, stackParameters } from '../cores/bulk-parameters.ts'
import { SimHost, type SimHostParts } from '../hosts/sim-host.ts'
import { SimulatedClock } from '../hosts/simulated-clock.ts'
import { HostWorld } from '../hosts/world.ts'
import { BulkReceiver, BulkSender } from './bulk-applications.ts'
import { traceBytes, traceDomain, WindowTrace } from './window-trace.ts'

/** Replicas of the sender while it is recorded. */
const liveReplicas = 2
/** More requests than a transfer of `mostBytes` needs. */
const mostRequests = 40_000
export const mostBytes = 16 << 20
const limitMicros = 600e6
const settleMicros = 3e6

/** A long path with a queue that is too short, so that windows grow, fall and grow again. */
const path: LinkParameters = {
  ...perfectLink,
  delayMicros: 5000,
  rateBitsPerSecond: 100e6,
  queueBytes: 96 << 10,
  lossProbability: 0.003,
  reorderProbability: 0.002,
  reorderDelayMicros: 2000,
}

const costs = { roundMicros: 3, actionMicros: 2, preemption: 0.002, preemptionMicros: 3000 }

export interface LossyTransfer {
  readonly machine: MachineConfig
  /** One trace for each replica that sent (see `WindowTrace`). */
  readonly traces: readonly Int32Array[]
  readonly receivedBytes: number
  readonly verifiedBytes: number
  readonly retransmits: number
  readonly framesLost: number
}

/** Records to `recordPath`, at most `mostBytes`. Throws if the transfer does not end, or if replicas differ. */
export function transferLossily(seed: number, bytes: number, recordPath: string): LossyTransfer {
  const clock = new SimulatedClock()
  const random = new Random(seed)
  const recorded = stackParameters({ kind: 'replicated', replicas: liveReplicas })
  const machine: MachineConfig = {
    ...recorded.machine,
    congestionControl: seed % 2 === 1 ? 'newreno' : 'cubic',
  }
  const near = planStack({ ...recorded, machine, recordPath })
  const far = planStack(peerParameters())
  const { mtuBytes } = machine
  const link = new SimulatedLink(
    { clock, seed, mtuBytes, forward: path, backward: path },
    near.region,
    far.region,
  )
  const traces = Array.from({ length: liveReplicas }, () => new Int32Array(traceBytes(mostRequests) / 4))
  const sender = new BulkSender(bytes)
  const receiver = new BulkReceiver()
  const common = { clock, costs }
  const hosts = [
    new SimHost({
      ...common,
      ...near,
      clockOrigin: random.next(),
      device: link.near,
      application: sender,
      seed: random.next(),
      wrapDomain: (domain, thread) => {
        const state = stateOf(near.region, near.layout, thread)
        return traceDomain(domain, new WindowTrace(traces[thread] as Int32Array, machine, state))
      },
    }),
    new SimHost({
      ...common,
      ...far,
      clockOrigin: random.next(),
      device: link.far,
      application: receiver,
      seed: random.next(),
    }),
  ] as const
  const world = new HostWorld(clock, hosts, link)
  sender.endpoint = hosts[0].endpoint
  receiver.endpoint = hosts[1].endpoint
  receiver.endpoint.listen(1, port, 1)
  sender.connect(peerAddress, port)
  const isOver = (): boolean => {
    world.audit()
    return (sender.isDone && receiver.isDone) || (sender.failure ?? receiver.failure) !== undefined
  }
  const isFinished = world.run(isOver, limitMicros)
  world.settle(settleMicros)
  const { problems } = world.finish()
  const failure = sender.failure ?? receiver.failure ?? (isFinished ? undefined : 'it did not end in time')
  const faults = [...(failure === undefined ? [] : [failure]), ...problems]
  if (faults.length > 0) throw new Error(`the transfer of seed ${seed} failed: ${faults.join('; ')}`)
  return {
    machine,
    traces,
    receivedBytes: receiver.received,
    verifiedBytes: receiver.verified,
    retransmits: hosts[0].protocolCounter('retransmits'),
    framesLost: link.forward.counters.lost + link.forward.counters.queueDrops,
  }
}

type Planned = Pick<SimHostParts, 'parameters' | 'layout' | 'region'>

function planStack(parameters: StackParameters): Planned {
  const layout = strategyOf(parameters).plan(parameters)
  return { parameters, layout, region: openRegion(new SharedArrayBuffer(layout.sizeBytes)) }
}
