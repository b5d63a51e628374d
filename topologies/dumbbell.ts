import { defineTopology } from '../harness/topology/define.ts'

export const topology = defineTopology({
  id: 'dumbbell',
  title: 'Stack and Linux host send over one slow link to two Linux hosts',
  nodes: {
    stack: { role: 'stack', address: '10.77.0.1/24' },
    peer: { role: 'linux', address: '10.77.0.2/24' },
    rival: { role: 'linux', address: '10.77.0.3/24' },
    'rival-peer': { role: 'linux', address: '10.77.0.4/24' },
    left: { role: 'switch' },
    right: { role: 'switch' },
  },
  links: [
    { kind: 'tap-port', between: ['stack', 'left'] },
    // One segment a frame, as our stack sends: the queue in the middle counts and drops whole frames.
    { kind: 'veth', between: ['rival', 'left'], offloads: 'off' },
    // Slow enough for any strategy on any machine; the queue holds the frames of 6 ms.
    { kind: 'veth', between: ['left', 'right'], bottleneck: { rateBitsPerSecond: 50e6, queueBytes: 40_000 } },
    { kind: 'veth', between: ['right', 'peer'], offloads: 'off' },
    { kind: 'veth', between: ['right', 'rival-peer'], offloads: 'off' },
  ],
})
