/**
 * Runs a rough scenario between two whole hosts: real strategies, frames, buffers and sockets in virtual time. Throws
 * if a byte is wrong or missing, if replicas differ, if an invariant does not hold after a request, or if it takes
 * too much time, too many frames or too many resumes.
 */
import type { MachineConfig } from '../../protocol/config.ts'
import { Invariants } from '../../protocol/testing/invariants/invariants.ts'
import type { RoughScenario } from '../../protocol/testing/rough-scenario.ts'
import { stateOf } from '../../strategy/layout/stack-layout.ts'
import type { StackParameters, StrategyOption } from '../../strategy/options.ts'
import { SimHost } from '../hosts/sim-host.ts'
import { SimulatedClock } from '../hosts/simulated-clock.ts'
import { HostWorld } from '../hosts/world.ts'
import { GuardedDomain } from './guarded-domain.ts'
import { addresses, frameBytes, type PlannedStack, planStack, simulatedParameters } from './parameters.ts'
import { RoughApplication } from './rough-application.ts'
import { RoughLink, roughEnd } from './rough-link.ts'

export interface RoughOutcome {
  readonly virtualMicros: number
  readonly frames: number
  /** Received by both hosts; what a device merged counts once. */
  readonly segmentsIn: number
  readonly retransmits: number
  readonly digestsCompared: number
}

const port = 4000
const sides = ['left', 'right'] as const
const limitMicros = 600e6
/** Time within which every replica applies the last published requests. */
const settleMicros = 1e6
/** Enough to emit two send buffers of segments, 64 actions at a time, and a few more. */
const resumeLimit = 16
const frameLimit = 5_000
/** How often a thread that waits for a stalled one looks again. */
const retryMicros = 20

/** `strategies`: of the connecting and of the accepting host. */
export function simulateRough(
  scenario: RoughScenario,
  strategies: readonly [StrategyOption, StrategyOption],
): RoughOutcome {
  const clock = new SimulatedClock()
  const stacks = [
    planStack(parametersOf(strategies[0], 0, scenario)),
    planStack(parametersOf(strategies[1], 1, scenario)),
  ] as const
  const link = new RoughLink(clock, scenario, frameBytes, [stacks[0].region, stacks[1].region])
  const host = (index: 0 | 1, application: RoughApplication): SimHost => {
    const stack = stacks[index]
    const stalls = scenario.stalls.filter((stall) => stall.host === sides[index])
    return new SimHost({
      clock,
      clockOrigin: scenario.clockOrigin,
      ...stack,
      device: index === 0 ? link.left : link.right,
      application,
      costs: { roundMicros: 3, actionMicros: 2, preemption: 0, preemptionMicros: 0 },
      seed: scenario.initialSequence,
      stalls: new Map(stalls.map(({ wake, micros }) => [wake, micros])),
      wrapDomain: (domain, thread) => {
        const { state, config } = stateOfThread(stack, thread)
        return new GuardedDomain(domain, new Invariants(config, state), resumeLimit)
      },
    })
  }
  const applications = sides.map((side) => new RoughApplication(scenario, side, () => clock.nowMicros()))
  const [left, right] = applications as [RoughApplication, RoughApplication]
  const hosts = [host(0, left), host(1, right)] as const
  const wire = {
    nextEventMicros: () => Math.min(link.nextEventMicros(), left.nextEventMicros(), right.nextEventMicros()),
  }
  const world = new HostWorld(clock, hosts, wire)
  right.listen(hosts[1].endpoint, port)
  let isConnecting = false
  const watched = stacks.flatMap((stack) => {
    // A pipeline's protocol stage cannot be wrapped, so its state is checked between the rounds of its threads.
    if (stack.parameters.strategy.kind !== 'pipelined') return []
    const { state, config } = stateOfThread(stack, 0)
    return [{ invariants: new Invariants(config, state), requests: 0 }]
  })

  const isOver = (): boolean => {
    world.audit()
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
      left.connect(hosts[0].endpoint, addresses[1], port)
    }
    if (link.written > frameLimit) throw new Error(`${link.written} frames: ${progressOf(applications)}`)
    return left.isDone && right.isDone
  }
  const idleMicros = scenario.writes.reduce((total, { afterMicros }) => total + afterMicros, 0)
  const finished = world.run(isOver, idleMicros + limitMicros, retryMicros)
  const virtualMicros = clock.nowMicros()
  if (!finished)
    throw new Error(`not done after ${virtualMicros} µs, ${link.written} frames: ${progressOf(applications)}`)
  world.settle(settleMicros)
  const { digestsCompared, problems } = world.finish()
  if (problems.length > 0) throw new Error(problems.join('; '))
  return {
    virtualMicros,
    frames: link.written,
    segmentsIn: world.counted('segmentsIn'),
    retransmits: world.counted('retransmits'),
    digestsCompared,
  }
}

function progressOf(applications: readonly RoughApplication[]): string {
  return applications.map(({ progress }) => progress).join('; ')
}

/** The state that a thread's machine applies requests to, and the configuration of that machine. */
function stateOfThread(
  { region, layout, parameters }: PlannedStack,
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

function parametersOf(strategy: StrategyOption, index: 0 | 1, scenario: RoughScenario): StackParameters {
  const habits = scenario[sides[index]]
  const { delayedAckMicros, coalesces = false, payloadWork = 'checksum' } = habits
  return simulatedParameters(strategy, index, {
    capabilities: roughEnd(habits, frameBytes).capabilities,
    payloadWork: { kind: payloadWork },
    coalescing: coalesces ? 'on' : 'off',
    slotCount: 64,
    digestStride: 4,
    machine: {
      connectionCount: 2,
      timeWaitCount: 2,
      listenerCount: 1,
      datagramSocketCount: 0,
      segmentCount: 64,
      sendBufferBytes: 1 << 16,
      receiveBufferBytes: 1 << 16,
      // Longer than the time between two retransmissions of a FIN: after a shorter TIME-WAIT, a reset would answer
      // them.
      timeWaitMicros: 120_000_000,
      ...scenario.config,
      delayedAckMicros,
    },
  })
}
