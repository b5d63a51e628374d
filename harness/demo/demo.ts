/**
 * The demonstration: the replicated stack in one container serves HTTP to an unmodified Linux host in another, which
 * reaches it with its own `curl` and `ping`.
 */
import { availableParallelism } from 'node:os'
import { HarnessError } from '../error.ts'
import { Bench } from '../executor/bench.ts'

const httpPort = 80

export interface Demo {
  readonly bench: Bench
  readonly url: string
  /** Commands that a person can type on this machine while the demonstration runs. */
  readonly commands: readonly string[]
}

export async function startDemo(onProgress: (line: string) => void): Promise<Demo> {
  const bench = await Bench.deploy({ topology: 'tap' }, 'demo', onProgress)
  if (bench.agent === undefined)
    throw new HarnessError('Topology "tap" has no stack.', 'Restore topologies/tap.ts.')
  const { address, prefixBits } = bench.stack
  onProgress('starting the server')
  const replicas = Math.min(8, Math.max(2, availableParallelism()))
  await bench.agent.serve({ replicas, address: `${address}/${prefixBits}`, port: httpPort })
  const peer = `docker exec ${bench.peer.containerId.slice(0, 12)}`
  return {
    bench,
    url: `http://${address}`,
    commands: [
      `${peer} curl -s http://${address}/`,
      `${peer} ping -c 5 ${address}`,
      `${peer} sh -c 'curl -s http://${address}/bytes/1000000 | cksum'`,
      `${peer} ss -tin`,
    ],
  }
}
