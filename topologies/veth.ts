import { defineTopology } from '../harness/topology/define.ts'

export const topology = defineTopology({
  id: 'veth',
  title: 'Two Linux hosts joined by a veth pair: the reference',
  nodes: {
    stack: { role: 'linux', address: '10.77.0.1/24' },
    peer: { role: 'linux', address: '10.77.0.2/24' },
  },
  links: [{ kind: 'veth', between: ['stack', 'peer'] }],
})
