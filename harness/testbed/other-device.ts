/**
 * Lets another stack than ours open the device of its link, and joins that to the topology. The process that runs its
 * programs keeps the device, so that all of them use it: it knows a program `open-device` for this.
 */
import { z } from 'zod'
import { HarnessError } from '../error.ts'
import { startProgram } from '../peers/peer-process.ts'
import type { Deployment } from '../topology/deploy.ts'
import { linkAt, linkKindOf } from '../topology/links/kinds.ts'
import type { DeployedNode } from '../topology/node.ts'

const opened = z.object({ interface: z.string() })

/** Throws HarnessError if it cannot, or if the link has no TAP. */
export async function openDevice(deployment: Deployment, node: DeployedNode): Promise<void> {
  const link = linkAt(deployment.topology, node.name)
  if (linkKindOf(link).device !== 'tap') {
    throw new HarnessError(
      `"${node.otherStack}" opens a TAP, and topology "${deployment.topology.id}" has none.`,
      'Use tap in the cells of this strategy.',
    )
  }
  const { result } = await startProgram(node, {
    file: 'open-device',
    argv: [
      ...['--address', `${node.address}/${node.prefixBits}`, '--mac', node.mac],
      ...['--mtu', String(link.mtuBytes), '--offloads', link.offloads === 'on' ? 'on' : 'off'],
    ],
    result: opened,
    listens: false,
  })
  await deployment.connectTap((await result).interface, node.name)
}
