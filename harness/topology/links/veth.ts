import type { Bottleneck } from '../define.ts'
import type { ResolvedLink, ResolvedNode } from '../resolve.ts'
import { joinBridge, portTo } from './bridge.ts'
import { configure, inside, type LinkKind, processOf } from './link.ts'

/**
 * A virtual Ethernet pair, one end in each node. Between two Linux hosts it is the reference our stack is compared
 * with. A stack's end gets no address: the stack reads its frames through a packet socket, and Linux must not answer.
 * An end at a switch is a port of its bridge.
 */
export const veth: LinkKind = {
  device: 'packet-socket',

  deploy(link, processes) {
    const ends = [
      { node: link.first, name: interfaceAt(link.first, link.second), pid: processOf(processes, link.first) },
      {
        node: link.second,
        name: interfaceAt(link.second, link.first),
        pid: processOf(processes, link.second),
      },
    ] as const
    const [first, second] = ends
    return [
      `ip link add name ${first.name} netns ${first.pid} type veth peer name ${second.name} netns ${second.pid}`,
      ...ends.flatMap(({ node, name, pid }) => [
        ...(node.role === 'switch'
          ? joinBridge(pid, name, link.mtuBytes)
          : configure(pid, link, node, node.role === 'linux')),
        ...limit(pid, name, link),
      ]),
    ]
  },
}

function interfaceAt(node: ResolvedNode, other: ResolvedNode): string {
  return node.role === 'switch' ? portTo(other.name) : node.interfaceName
}

/** What leaves by an end with a bottleneck passes a token bucket filter. */
function limit(pid: number, device: string, { bottleneck, mtuBytes }: ResolvedLink): string[] {
  if (bottleneck === undefined) return []
  const { rateBitsPerSecond, queueBytes } = bottleneck
  const filter = `tbf rate ${rateBitsPerSecond}bit burst ${burstBytes(bottleneck, mtuBytes)} limit ${queueBytes}`
  const absent = `{ echo 'tc cannot limit a link here; load the module: modprobe sch_tbf' >&2; exit 1; }`
  return [`${inside(pid, `tc qdisc replace dev ${device} root ${filter}`)} || ${absent}`]
}

/** What may leave at once after a pause: a millisecond's worth, since the timer is not exact, and two frames at least. */
function burstBytes({ rateBitsPerSecond }: Bottleneck, mtuBytes: number): number {
  return Math.max(2 * (mtuBytes + 14), Math.ceil(rateBitsPerSecond / 8000))
}
