/**
 * A rough scenario between two whole hosts: real strategies, frames, buffers and sockets in virtual time. Throws if a
 * byte is wrong or missing, if replicas differ, if a state is not as it has to be after any request, or if it takes more
 * of anything than it may.
 */
import { openRegion } from '../../dominoes/memory/region.ts'
import type { MachineConfig } from '../../protocol/config.ts'
import { Invariants } from '../../protocol/testing/invariants.ts'
import type { RoughScenario, Side } from '../../protocol/testing/rough-scenario.ts'
import { type StackLayout, stateOf } from '../../strategy/layout/stack-layout.ts'
import type { StackParameters, StrategyOption } from '../../strategy/options.ts'
import { strategyOf } from '../../strategy/strategies.ts'
import { SimHost } from '../hosts/sim-host.ts'
import { SimulatedClock } from '../hosts/simulated-clock.ts'
import { runWorld, settleWorld } from '../hosts/world.ts'
import { GuardedDomain } from './guarded-domain.ts'
import { RoughApplication } from './rough-application.ts'
import { RoughLink } from './rough-link.ts'

export interface RoughOutcome {
  readonly virtualMicros: number
  readonly frames: number
  readonly retransmits: number
  readonly digestsCompared: number
}

const port = 4000
const mtuBytes = 1500
const frameBytes = mtuBytes + 14
const limitMicros = 600e6
/** What is published last is applied everywhere within this. */
const settleMicros = 1e6
/** A send buffer's worth of segments, twice, at 64 actions a time; and some. */
const resumeLimit = 16
const frameLimit = 5_000
/** A thread that waits for a stalled one looks again so often. */
const retryMicros = 20

const identities = {
  left: { address: 0x0a000001, etherHigh: 0x0200, etherLow: 1 },
  right: { address: 0x0a000002, etherHigh: 0x0200, etherLow: 2 },
}

/** `strategies`: of the connecting and of the accepting host. */
export function simulateRough(
  scenario: RoughScenario,
  strategies: readonly [StrategyOption, StrategyOption],
): RoughOutcome {
  const clock = new SimulatedClock()
  const sides = ['left', 'right'] as const
  const stacks = sides.map((side, index) => {
    const parameters = parametersOf(strategies[index] as StrategyOption, scenario, side)
    const layout = strategyOf(parameters).plan(parameters)
    return { side, parameters, layout, region: openRegion(new SharedArrayBuffer(layout.sizeBytes)) }
  })
  const [leftStack, rightStack] = stacks as [(typeof stacks)[0], (typeof stacks)[0]]
  const link = new RoughLink(clock, scenario, frameBytes, [leftStack.region, rightStack.region])
  const host = (stack: (typeof stacks)[0], application: RoughApplication): SimHost => {
    const { side, parameters, layout, region } = stack
    return new SimHost({
      clock,
      clockOrigin: scenario.clockOrigin,
      parameters,
      layout,
      region,
      device: side === 'left' ? link.left : link.right,
      application,
      costs: { roundMicros: 3, actionMicros: 2, preemption: 0, preemptionMicros: 0 },
      seed: scenario.initialSequence,
      stalls: new Map(
        scenario.stalls.filter((stall) => stall.host === side).map(({ wake, micros }) => [wake, micros]),
      ),
      wrapDomain: (domain, thread) => {
        const { state, config } = stateOfThread(stack, thread)
        return new GuardedDomain(domain, new Invariants(config, state), resumeLimit)
      },
    })
  }
  const applications = sides.map((side) => new RoughApplication(scenario, side, () => clock.nowMicros()))
  const [left, right] = applications as [RoughApplication, RoughApplication]
  const hosts = [host(leftStack, left), host(rightStack, right)] as const
  // The last action of a round may have been an upcall, which its application has not seen yet.
  const worked = (): boolean => [left.step(), right.step()].includes(true)
  const wire = {
    nextEventMicros: () =>
      worked()
        ? clock.nowMicros()
        : Math.min(link.nextEventMicros(), left.nextEventMicros(), right.nextEventMicros()),
  }
  const world = { clock, hosts, wire }
  right.listen(hosts[1].endpoint, port)
  let isConnecting = false
  const watched = stacks.flatMap((stack) => {
    // A pipeline's protocol stage cannot be wrapped: its state is looked at between the rounds of its threads.
    if (stack.parameters.strategy.kind !== 'pipelined') return []
    const { state, config } = stateOfThread(stack, 0)
    return [{ invariants: new Invariants(config, state), requests: 0 }]
  })

  const isOver = (): boolean => {
    for (const each of hosts) each.audit()
    for (const each of watched) {
      const { requests, isAtRest } = each.invariants
      if (each.requests === requests || !isAtRest) continue
      each.requests = requests
      each.invariants.check()
    }
    const failure = left.failure ?? right.failure
    if (failure !== undefined) throw new Error(failure)
    if (right.isListening && !isConnecting) {
      isConnecting = true
      left.connect(hosts[0].endpoint, identities.right.address, port)
    }
    if (link.written > frameLimit) throw new Error(`${link.written} frames: ${progressOf(applications)}`)
    return left.isDone && right.isDone
  }
  const idleMicros = scenario.writes.reduce((total, { afterMicros }) => total + afterMicros, 0)
  const finished = runWorld(world, isOver, idleMicros + limitMicros, retryMicros)
  const virtualMicros = clock.nowMicros()
  if (!finished)
    throw new Error(`not done after ${virtualMicros} µs, ${link.written} frames: ${progressOf(applications)}`)
  settleWorld(world, settleMicros)
  const audits = hosts.map((each) => each.finish())
  for (const { divergences, firstDivergence } of audits) {
    if (divergences > 0) throw new Error(`digests differ: ${JSON.stringify(firstDivergence)}`)
  }
  return {
    virtualMicros,
    frames: link.written,
    retransmits: hosts[0].protocolCounter('retransmits') + hosts[1].protocolCounter('retransmits'),
    digestsCompared: audits.reduce((sum, { digestsCompared }) => sum + digestsCompared, 0),
  }
}

function progressOf(applications: readonly RoughApplication[]): string {
  return applications.map(({ progress }) => progress).join('; ')
}

/** The state that a thread's machine applies requests to, and the configuration of that machine. */
function stateOfThread(
  {
    region,
    layout,
    parameters,
  }: { region: ReturnType<typeof openRegion>; layout: StackLayout; parameters: StackParameters },
  thread: number,
): { state: Int32Array; config: MachineConfig } {
  const { kind } = parameters.strategy
  const isShared = kind === 'locked' || kind === 'pipelined'
  const connections = (layout as { connections?: number }).connections
  const connectionCount =
    kind === 'sharded' && connections !== undefined ? connections : parameters.machine.connectionCount
  return {
    state: stateOf(region, layout, isShared ? 0 : thread),
    config: { ...parameters.machine, connectionCount },
  }
}

function parametersOf(strategy: StrategyOption, scenario: RoughScenario, side: Side): StackParameters {
  const { config } = scenario
  return {
    strategy,
    device: {
      kind: 'tap',
      name: 'simulated',
      descriptor: -1,
      capabilities: { frameBytes, virtioHeader: false, checksumOffload: false },
    },
    payloadWork: { kind: 'checksum' },
    idle: { kind: 'none' },
    slotCount: 64,
    digestStride: 4,
    machine: {
      ...identities[side],
      prefixLength: 24,
      gateway: 0,
      mtuBytes,
      connectionCount: 2,
      timeWaitCount: 2,
      listenerCount: 1,
      datagramSocketCount: 0,
      segmentCount: 64,
      sendBufferBytes: 1 << 16,
      receiveBufferBytes: 1 << 16,
      congestionControl: 'cubic',
      minimumRtoMicros: 200_000,
      reorderingFloorMicros: 5_000,
      // Longer than a FIN's retransmissions are apart: a shorter one answers them with a reset.
      timeWaitMicros: 120_000_000,
      secret: [0x0d03, 0x17e5],
      ...config,
      delayedAckMicros: scenario[side].delayedAckMicros,
    },
  }
}
