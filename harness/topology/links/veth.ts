import { configure, type LinkKind, processOf } from './link.ts'

/**
 * A virtual Ethernet pair, one end in each node. Between two Linux hosts it is the reference our stack is compared
 * with. A stack's end gets no address: the stack reads its frames through a packet socket, and Linux must not answer.
 */
export const veth: LinkKind = {
  device: 'packet-socket',
  deploy(link, processes) {
    const first = processOf(processes, link.first)
    const second = processOf(processes, link.second)
    const ends = `name ${link.first.interfaceName} netns ${first} type veth peer name ${link.second.interfaceName} netns ${second}`
    return [
      `ip link add ${ends}`,
      ...configure(first, link, link.first, link.first.role === 'linux'),
      ...configure(second, link, link.second, link.second.role === 'linux'),
    ]
  },
}
