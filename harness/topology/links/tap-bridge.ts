import { configure, inside, type LinkKind, processOf, quiet } from './link.ts'

/**
 * A switched wire: a bridge in the stack's network namespace joins the stack's TAP and a veth pair whose other end
 * is the peer's network card.
 */
export const bridge = 'switch'
const port = 'port'

export const tapBridge: LinkKind = {
  device: 'tap',
  deploy(link, processes) {
    const stack = processOf(processes, link.first)
    const peer = processOf(processes, link.second)
    const device = link.second.interfaceName
    return [
      inside(
        stack,
        `ip link add name ${bridge} mtu ${link.mtuBytes} type bridge stp_state 0 mcast_snooping 0`,
      ),
      quiet(stack, bridge),
      inside(stack, `ip link set dev ${bridge} up`),
      `ip link add name ${port} netns ${stack} type veth peer name ${device} netns ${peer}`,
      quiet(stack, port),
      inside(stack, `ip link set dev ${port} mtu ${link.mtuBytes} master ${bridge} up`),
      ...configure(peer, link, link.second, true),
    ]
  },
  connectTap(link, processes, owner, interfaceName) {
    const stack = processOf(processes, owner)
    return [
      quiet(stack, interfaceName),
      inside(stack, `ip link set dev ${interfaceName} mtu ${link.mtuBytes} master ${bridge} up`),
    ]
  },
}
