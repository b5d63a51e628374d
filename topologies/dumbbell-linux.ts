import { defineTopology } from '../harness/topology/define.ts'
import { topology as dumbbell } from './dumbbell.ts'

const [, ...others] = dumbbell.links

export const topology = defineTopology({
  id: 'dumbbell-linux',
  title: 'The dumbbell with a Linux host in the place of the stack: the reference',
  nodes: { ...dumbbell.nodes, stack: { role: 'linux', address: '10.77.0.1/24' } },
  links: [{ kind: 'veth', between: ['stack', 'left'], offloads: 'off' }, ...others],
})
