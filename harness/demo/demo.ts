/**
 * The demonstration: the replicated stack in one container serves HTTP to an unmodified Linux host in another, which
 * reaches it with its own `curl` and `ping`.
 */
import { availableParallelism } from 'node:os'
import { HarnessError } from '../error.ts'
import { Testbed } from '../testbed/testbed.ts'

const httpPort = 80

export interface Demo {
  readonly testbed: Testbed
  readonly url: string
  /** Commands that a person can type on this machine while the demonstration runs. */
  readonly commands: readonly string[]
}

export async function startDemo(onProgress: (line: string) => void): Promise<Demo> {
  const testbed = await Testbed.deploy({ topology: 'tap' }, 'demo', onProgress)
  if (testbed.agent === undefined)
    throw new HarnessError('Topology "tap" has no stack.', 'Restore topologies/tap.ts.')
  const { address, prefixBits } = testbed.stack
  onProgress('starting the server')
  const replicas = Math.min(8, Math.max(2, availableParallelism()))
  await testbed.agent.serve({ replicas, address: `${address}/${prefixBits}`, port: httpPort })
  const peer = `docker exec ${testbed.peer.containerId.slice(0, 12)}`
  return {
    testbed,
    url: `http://${address}`,
    commands: [
      `${peer} curl -s http://${address}/`,
      `${peer} ping -c 5 ${address}`,
      `${peer} sh -c 'curl -s http://${address}/bytes/1000000 | cksum'`,
      `${peer} ss -tin`,
    ],
  }
}
