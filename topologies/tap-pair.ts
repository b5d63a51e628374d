import { defineTopology } from '../harness/topology/define.ts'

export const topology = defineTopology({
  id: 'tap-pair',
  title: 'Two stacks, their TAPs joined by a bridge; no Linux host',
  nodes: {
    stack: { role: 'stack', address: '10.77.0.1/24' },
    peer: { role: 'stack', address: '10.77.0.2/24' },
  },
  links: [{ kind: 'tap-pair', between: ['stack', 'peer'] }],
})
