/**
 * What happened on both hosts during an exchange: processor time and the kernel's network counters, as differences
 * between before and after, and the memory held at the end; and what disturbed it from outside.
 */
import { watchInterference } from '../fidelity/interference.ts'
import { type Counters, countersBetween, readCounters } from '../topology/counters.ts'
import type { DeployedNode } from '../topology/node.ts'
import type { Observation } from '../workload/host-side.ts'
import type { Testbed } from './testbed.ts'

interface HostState {
  readonly cpuMicros: number
  readonly memoryBytes: number
  readonly counters: Counters
}

/** Runs `work` and returns its result with what both hosts showed meanwhile. */
export async function observe<T>(testbed: Testbed, work: () => Promise<T>): Promise<[T, Observation]> {
  const before = await stateOfBoth(testbed)
  const endWatch = watchInterference(testbed.containerIds)
  const result = await work()
  const interference = endWatch()
  const after = await stateOfBoth(testbed)
  return [
    result,
    {
      cpuMicros: {
        stack: after.stack.cpuMicros - before.stack.cpuMicros,
        peer: after.peer.cpuMicros - before.peer.cpuMicros,
      },
      memoryBytes: { stack: after.stack.memoryBytes, peer: after.peer.memoryBytes },
      peer: countersBetween(before.peer.counters, after.peer.counters),
      stack: countersBetween(before.stack.counters, after.stack.counters),
      interference,
    },
  ]
}

async function stateOfBoth(testbed: Testbed): Promise<{ stack: HostState; peer: HostState }> {
  const [stack, peer] = await Promise.all([stateOf(testbed.stack), stateOf(testbed.peer)])
  return { stack, peer }
}

async function stateOf(node: DeployedNode): Promise<HostState> {
  const [cpuMicros, memoryBytes, counters] = await Promise.all([
    node.cpuUsageMicros(),
    node.memoryBytes(),
    readCounters(node),
  ])
  return { cpuMicros, memoryBytes, counters }
}
