/** The lines that make a bridge in a node's network namespace, and that make interfaces its ports. */
import { inside, quiet, without } from './link.ts'

/** A node has one at most. */
const bridge = 'switch'

export function makeBridge(pid: number, mtuBytes: number): string[] {
  return [
    inside(pid, `ip link add name ${bridge} mtu ${mtuBytes} type bridge stp_state 0 mcast_snooping 0`),
    quiet(pid, bridge),
    inside(pid, `ip link set dev ${bridge} up`),
  ]
}

/** Makes an interface that is in the namespace already a port. */
export function joinBridge(pid: number, port: string, mtuBytes: number): string[] {
  return [quiet(pid, port), inside(pid, `ip link set dev ${port} mtu ${mtuBytes} master ${bridge} up`)]
}

/** The name of the port towards a node. */
export function portTo(node: string): string {
  return `port-${node}`
}

/** Moves the TAP that a process of `owner` made into another namespace, as the port of its bridge towards that node. */
export function connectTapPort(
  owner: { readonly name: string; readonly pid: number },
  pid: number,
  interfaceName: string,
  mtuBytes: number,
): string[] {
  const port = portTo(owner.name)
  const move =
    owner.pid === pid
      ? inside(pid, `ip link set dev ${interfaceName} name ${port}`)
      : inside(owner.pid, `ip link set dev ${interfaceName} netns ${pid} name ${port}`)
  return [without(pid, port), move, ...joinBridge(pid, port, mtuBytes)]
}
