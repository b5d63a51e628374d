import { joinBridge, makeBridge } from './bridge.ts'
import { configure, type LinkKind, processOf } from './link.ts'

/**
 * A switched wire: a bridge in the stack's network namespace joins the stack's TAP and a veth pair whose other end
 * is the peer's network card.
 */
const port = 'port'

export const tapBridge: LinkKind = {
  device: 'tap',

  deploy(link, processes) {
    const stack = processOf(processes, link.first)
    const peer = processOf(processes, link.second)
    const device = link.second.interfaceName
    return [
      ...makeBridge(stack, link.mtuBytes),
      `ip link add name ${port} netns ${stack} type veth peer name ${device} netns ${peer}`,
      ...joinBridge(stack, port, link.mtuBytes),
      ...configure(peer, link, link.second, true),
    ]
  },

  connectTap(link, processes, owner, interfaceName) {
    return joinBridge(processOf(processes, owner), interfaceName, link.mtuBytes)
  },
}
