import { defineTopology } from '../harness/topology/define.ts'

export const topology = defineTopology({
  id: 'veth-packet-ring',
  title: 'Stack on rings shared with the kernel and Linux peer, joined by a veth pair',
  nodes: {
    stack: { role: 'stack', address: '10.77.0.1/24' },
    peer: { role: 'linux', address: '10.77.0.2/24' },
  },
  links: [{ kind: 'veth-ring', between: ['stack', 'peer'], offloads: 'off' }],
})
