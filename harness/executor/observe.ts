/**
 * What happened on both hosts while a transfer ran: processor time, memory and the peer's own counters, as
 * differences between before and after.
 */
import { type Counters, countersBetween, readCounters } from '../topology/counters.ts'
import type { DeployedNode } from '../topology/node.ts'
import type { Bench } from './bench.ts'

export interface Observation {
  readonly cpuMicros: { stack: number; peer: number }
  readonly memoryBytes: { stack: number; peer: number }
  /** The peer's counters that moved; and those of the node under test, where it is Linux. */
  readonly peer: Counters
  readonly stack: Counters
}

interface HostState {
  readonly cpuMicros: number
  readonly memoryBytes: number
  readonly counters: Counters
}

/** Runs `work` and returns its result with what both hosts showed meanwhile. */
export async function observe<T>(bench: Bench, work: () => Promise<T>): Promise<[T, Observation]> {
  const before = await stateOfBoth(bench)
  const result = await work()
  const after = await stateOfBoth(bench)
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
    },
  ]
}

async function stateOfBoth(bench: Bench): Promise<{ stack: HostState; peer: HostState }> {
  const [stack, peer] = await Promise.all([stateOf(bench.stack), stateOf(bench.peer)])
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
