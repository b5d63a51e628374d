import { defineTopology } from '../harness/topology/define.ts'

export const topology = defineTopology({
  id: 'tap',
  title: 'Stack and Linux peer, joined by the stack’s own TAP moved into the peer',
  nodes: {
    stack: { role: 'stack', address: '10.77.0.1/24' },
    peer: { role: 'linux', address: '10.77.0.2/24' },
  },
  links: [{ kind: 'tap-move', between: ['stack', 'peer'] }],
})
