/** Where exchanges between the two nodes of a testbed take place, as a workload is told. */
import type { Site } from '../workload/host-side.ts'
import type { Testbed } from './testbed.ts'

/** Of the end that listens. */
export const listeningPort = 5001

export function siteOf(
  testbed: Testbed,
  seed: number,
  payloadWork: string | undefined,
  isImpaired: boolean,
): Site {
  return {
    directory: testbed.directory,
    stackAddress: testbed.stack.address,
    peerAddress: testbed.peer.address,
    addressOf: (node) => testbed.deployment.node(node).address,
    port: listeningPort,
    seed,
    payloadWork,
    isImpaired,
  }
}
