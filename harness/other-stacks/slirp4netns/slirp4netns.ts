/**
 * slirp4netns: joins a network namespace to a host without privileges, by the TCP/IP stack of BSD that libslirp has from
 * slirp (1995). It ends the connections of the namespace and goes on over sockets of the kernel. Pure.
 */
import type { OtherStack } from '../other-stack.ts'

/** The largest that it takes is 65521; a multiple of 8 above the headers, as pasta has. */
const mtuBytes = 65_520

/** A namespace that a sleeping process holds open; the programs enter it once slirp4netns says that its TAP is up. */
const enter = `
set -eu
mkfifo /tmp/ready
unshare --net sleep infinity &
holder=$!
# Until then it would be the namespace of this shell that is joined.
while [ "$(readlink /proc/$holder/ns/net)" = "$(readlink /proc/$$/ns/net)" ]; do sleep 0.01; done
slirp4netns --configure --mtu=${mtuBytes} --disable-host-loopback --disable-dns --ready-fd=3 $holder tap0 3>/tmp/ready >&2 &
test "$(head --bytes=1 /tmp/ready)" = 1
exec nsenter --net=/proc/$holder/ns/net "$@"
`.trim()

export const slirp4netns: OtherStack = {
  role: 'linux',
  container: { image: 'slirp4netns', capabilities: ['SYS_ADMIN'], devices: ['/dev/net/tun'] },
  programHost: (_place, usual) => ['sh', '-c', enter, 'slirp4netns', ...usual],
  description:
    'slirp4netns is a proxy as pasta is, and stands where that stands: a Linux program in a network namespace, a TAP with an MTU of 65,520 bytes, and the kernel’s TCP over the veth pair on the other side. Behind the TAP is libslirp, a descendant of the TCP/IP stack of BSD, on one thread; it copies the payload into buffers of its own, whose size cannot be set. The program it serves is the one that runs between Linux hosts.',
}
