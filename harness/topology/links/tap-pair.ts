import { inside, type LinkKind, processOf, quiet } from './link.ts'
import { bridge } from './tap-bridge.ts'

/**
 * Two stacks face to face: a bridge in the second stack's network namespace joins the second's TAP and the first's,
 * which is moved there. No Linux host takes part; each stack keeps its descriptor.
 */
export const tapPair: LinkKind = {
  device: 'tap',
  deploy(link, processes) {
    const second = processOf(processes, link.second)
    return [
      inside(
        second,
        `ip link add name ${bridge} mtu ${link.mtuBytes} type bridge stp_state 0 mcast_snooping 0`,
      ),
      quiet(second, bridge),
      inside(second, `ip link set dev ${bridge} up`),
    ]
  },
  connectTap(link, processes, owner, interfaceName) {
    const second = processOf(processes, link.second)
    const port = `port-${owner.name}`
    const make =
      owner.name === link.second.name
        ? inside(second, `ip link set dev ${interfaceName} name ${port}`)
        : inside(processOf(processes, owner), `ip link set dev ${interfaceName} netns ${second} name ${port}`)
    return [
      `${inside(second, `ip link delete ${port}`)} 2>/dev/null || true`,
      make,
      quiet(second, port),
      inside(second, `ip link set dev ${port} mtu ${link.mtuBytes} master ${bridge} up`),
    ]
  },
}
