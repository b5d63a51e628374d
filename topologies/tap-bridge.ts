import { defineTopology } from '../harness/topology/define.ts'

export const topology = defineTopology({
  id: 'tap-bridge',
  title: 'Stack and Linux peer, joined through a bridge',
  nodes: {
    stack: { role: 'stack', address: '10.77.0.1/24' },
    peer: { role: 'linux', address: '10.77.0.2/24' },
  },
  links: [{ kind: 'tap-bridge', between: ['stack', 'peer'] }],
})
