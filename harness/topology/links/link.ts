import type { ResolvedLink, ResolvedNode } from '../resolve.ts'

/**
 * A kind of link turns a resolved link into shell lines that the wiring helper runs. The functions are pure: they
 * know process ids and names, and touch nothing. All names come from validated topologies.
 */
export interface LinkKind {
  /** The device that a stack at an end of this link opens. */
  readonly device: DeviceKind
  /** Wires what can be wired as soon as the containers run. */
  deploy(link: ResolvedLink, processes: ProcessIds): string[]
  /**
   * Joins the TAP `interfaceName`, made by a process of node `owner`. May be called again for a new TAP: the one
   * before is gone or replaced. Absent where the kind has no TAP.
   */
  connectTap?(link: ResolvedLink, processes: ProcessIds, owner: ResolvedNode, interfaceName: string): string[]
}

/** A TAP that the stack makes and the harness joins, or an interface that is there once the link is deployed. */
export type DeviceKind = 'tap' | 'packet-socket' | 'packet-ring'

/** First process of each node's container, in the helper's process namespace. */
export type ProcessIds = Readonly<Record<string, number>>

export function processOf(processes: ProcessIds, node: ResolvedNode): number {
  const pid = processes[node.name]
  if (pid === undefined) throw new Error(`no process id for node ${node.name}`)
  return pid
}

/** A command inside a node's network namespace. */
export function inside(pid: number, command: string): string {
  return `nsenter --net=/proc/${pid}/ns/net ${command}`
}

/** Removes an interface if it is there. */
export function without(pid: number, interfaceName: string): string {
  return `${inside(pid, `ip link delete ${interfaceName}`)} 2>/dev/null || true`
}

/**
 * Readies a Linux host's interface: hardware address, MTU, offloads, up, and the IPv4 address if it has one.
 * No IPv6 address is generated, so that an idle wire is silent.
 */
export function configure(pid: number, link: ResolvedLink, node: ResolvedNode, addressed: boolean): string[] {
  const device = node.interfaceName
  const lines = [
    quiet(pid, device),
    inside(pid, `ip link set dev ${device} address ${node.mac} mtu ${link.mtuBytes}`),
    ...offload(pid, device, link),
    inside(pid, `ip link set dev ${device} up`),
  ]
  if (addressed) lines.push(...address(pid, node))
  return lines
}

/**
 * Gives a Linux host its address. The kernel then makes a route, which the script changes to have the host's congestion
 * control. An unknown one is not noticed here, but by `confirmTcp`, which says what to do.
 */
function address(pid: number, { interfaceName, address, prefixBits, tcp }: ResolvedNode): string[] {
  const route = `${networkOf(address, prefixBits)}/${prefixBits} dev ${interfaceName} proto kernel scope link src ${address}`
  return [
    inside(pid, `ip address add ${address}/${prefixBits} dev ${interfaceName}`),
    `${inside(pid, `ip route change ${route} congctl ${tcp.congestionControl}`)} || true`,
  ]
}

/** `10.77.0.2`, 24 → `10.77.0.0` */
function networkOf(address: string, prefixBits: number): string {
  return address
    .split('.')
    .map((part, index) => Number(part) & (0xff00 >> Math.min(8, Math.max(0, prefixBits - 8 * index))))
    .join('.')
}

/** No IPv6 address is generated. The command fails on a kernel without IPv6; this does no harm and is ignored. */
export function quiet(pid: number, device: string): string {
  return `${inside(pid, `ip link set dev ${device} addrgenmode none`)} 2>/dev/null || true`
}

/** ethtool fails if a device cannot change a feature, but it changes the others: so its failure is ignored. */
function offload(pid: number, device: string, link: ResolvedLink): string[] {
  if (link.offloads === 'default') return []
  const state = link.offloads === 'on' ? 'on' : 'off'
  const features = ['rx', 'tx', 'sg', 'tso', 'gso', 'gro'].map((feature) => `${feature} ${state}`)
  return [`${inside(pid, `ethtool -K ${device} ${features.join(' ')}`)} >/dev/null 2>&1 || true`]
}
