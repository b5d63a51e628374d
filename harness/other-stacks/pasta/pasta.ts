/**
 * pasta (package passt): joins a network namespace to a host without privileges. A program in the namespace uses the
 * kernel's TCP; pasta ends that connection at its TAP by a TCP of its own, and goes on over a socket of the kernel. Pure.
 */
import type { OtherStack } from '../other-stack.ts'

/** The largest that pasta takes. */
const mtuBytes = 65_520

export const pasta: OtherStack = {
  role: 'linux',
  container: {
    image: 'pasta',
    // A network namespace, and the mounts that pasta leaves itself no way out of.
    capabilities: ['SYS_ADMIN'],
    devices: ['/dev/net/tun'],
  },
  programHost: ({ address, prefixBits, interfaceName }, usual) => [
    'pasta',
    ...['--quiet', '--ipv4-only', '--no-udp', '--no-icmp', '--runas', '0:0'],
    ...['--config-net', '--interface', interfaceName, '--mtu', String(mtuBytes)],
    // The node has no route that pasta could take these from. Nobody has the gateway's address, and nobody asks for it.
    ...['--address', address, '--netmask', String(prefixBits), '--gateway', gatewayOf(address)],
    // No port is forwarded: connections begin in the namespace.
    ...['--no-map-gw', '--tcp-ports', 'none', '--tcp-ns', 'none'],
    '--',
    ...usual,
  ],
  description:
    'pasta (Debian package passt) is a proxy. A Linux program in a network namespace connects through a TAP with an MTU of 65,520 bytes; at the other end of the TAP pasta’s own TCP takes its segments, and the payload goes on through a socket of the kernel over the veth pair to the peer, where offloads are as Linux sets them. So the TCP on the wire is the kernel’s, and pasta’s is between the program and pasta. It keeps no copy of what is in flight, and lets the kernel’s window be its own; no buffer is set. Each byte passes the kernel’s TCP twice, which no other stack here has to do.',
}

/** The last address of the 254 beside a node's. */
function gatewayOf(address: string): string {
  return address.replace(/\d+$/, '254')
}
