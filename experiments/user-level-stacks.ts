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
      none: 160 * 2 ** 20,
      copy: 128 * 2 ** 20,
      checksum: 256 * 2 ** 20,
      gvisor: 96 * 2 ** 20,
      pasta: 128 * 2 ** 20,
      slirp4netns: 80 * 2 ** 20,
      linux: 384 * 2 ** 20,
    },
    warmupBytes: {
      none: 128 * 2 ** 20,
      copy: 128 * 2 ** 20,
      checksum: 512 * 2 ** 20,
      gvisor: 16 * 2 ** 20,
      pasta: 16 * 2 ** 20,
      slirp4netns: 8 * 2 ** 20,
      linux: 32 * 2 ** 20,
    },
    offloadTimes: 8,
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
