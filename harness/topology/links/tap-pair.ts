import { connectTapPort, makeBridge } from './bridge.ts'
import { type LinkKind, processOf } from './link.ts'

/**
 * Two stacks face to face: a bridge in the second stack's network namespace joins the second's TAP and the first's,
 * which is moved there. No Linux host takes part; each stack keeps its descriptor.
 */
export const tapPair: LinkKind = {
  device: 'tap',

  deploy(link, processes) {
    return makeBridge(processOf(processes, link.second), link.mtuBytes)
  },

  connectTap(link, processes, owner, interfaceName) {
    const from = { name: owner.name, pid: processOf(processes, owner) }
    return connectTapPort(from, processOf(processes, link.second), interfaceName, link.mtuBytes)
  },
}
