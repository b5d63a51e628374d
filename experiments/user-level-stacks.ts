/** Bulk transfer, both ways, by our stack and by other user-level stacks, in the same run and with the same Linux peer. */
import { defineExperiment } from '../harness/matrix/define.ts'

const direction: ('send' | 'receive')[] = ['send', 'receive']
const segments = { direction, offload: ['off' as const], payloadWork: ['checksum' as const] }
const superFrames = { direction, offload: ['on' as const], payloadWork: ['none' as const, 'copy' as const] }

export const experiment = defineExperiment({
  id: 'user-level-stacks',
  title: 'Beside other user-level stacks',
  question:
    'How much does one connection carry through this stack, and how much through other user-level stacks and through Linux, with the same peer and in the same run?',
  claim: {
    text: 'A gain over a stack that is slow to begin with would say little. The sequential stack, which is the baseline of all gains, carries at least as much over one connection as the netstack of gVisor does over the same device.',
    source: 'No publication: this project holds its own baseline against a stack that is in wide use',
  },
  topology: 'tap',
  workload: {
    kind: 'bulk',
    direction: 'send',
    transferBytes: {
      none: 1280 * 2 ** 20,
      copy: 1024 * 2 ** 20,
      checksum: 256 * 2 ** 20,
      // With offloads it is some ten times as fast as without: this is too much for the one, and too little for the other.
      gvisor: 640 * 2 ** 20,
      pasta: 1280 * 2 ** 20,
      slirp4netns: 768 * 2 ** 20,
      linux: 1024 * 2 ** 20,
    },
    warmupBytes: {
      none: 1024 * 2 ** 20,
      copy: 1024 * 2 ** 20,
      checksum: 512 * 2 ** 20,
      gvisor: 64 * 2 ** 20,
      pasta: 128 * 2 ** 20,
      slirp4netns: 32 * 2 ** 20,
      linux: 128 * 2 ** 20,
    },
  },
  cells: [
    { strategy: ['sequential'], ...segments },
    { strategy: ['replicated'], replicas: [2], ...segments },
    { strategy: ['sequential'], ...superFrames },
    { strategy: ['replicated'], replicas: [2], ...superFrames },
    { strategy: ['gvisor'], direction, offload: ['off', 'on'] },
    // Proxies: on the wire is the kernel's TCP, with its offloads.
    { strategy: ['pasta', 'slirp4netns'], topology: ['veth'], direction, offload: ['on'] },
    { strategy: ['linux'], topology: ['veth'], direction, offload: ['on', 'off'] },
  ],
  baselines: ['sequential'],
  verdict: {
    kind: 'contrast',
    factor: 'strategy',
    of: 'sequential',
    over: 'gvisor',
    atLeast: 1,
  },
  rounds: { full: 9, quick: 3 },
})
