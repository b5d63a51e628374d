/** Bulk transfer, both ways, in frames of up to 64 KB that the wire cuts and merges, as on every real host. */
import { defineExperiment } from '../harness/matrix/define.ts'

const direction: ('send' | 'receive')[] = ['send', 'receive']
const payloadWork: ('none' | 'checksum' | 'cipher')[] = ['none', 'checksum', 'cipher']

export const experiment = defineExperiment({
  id: 'super-frames',
  title: 'Frames of 64 KB',
  question:
    'What do replicas gain where the wire cuts and merges segments, so that a request carries up to 64 KB, and how far is the stack from Linux then?',
  claim: {
    text: 'The more payload a request carries, the smaller is the share of the work that every replica repeats. So with frames of 64 KB replicas raise the throughput of a single connection by 15 to 300 percent wherever payload is worked on.',
    source:
      'The range: C. D. Sizemore, Parallel network protocol stacks using replication, PhD dissertation, University of New Mexico, 2011, abstract; that it holds for such frames is a consequence that this project tests',
  },
  topology: 'tap',
  workload: {
    kind: 'bulk',
    direction: 'send',
    transferBytes: {
      none: 768 * 2 ** 20,
      checksum: 384 * 2 ** 20,
      cipher: 64 * 2 ** 20,
      linux: 1024 * 2 ** 20,
    },
    warmupBytes: {
      none: 1024 * 2 ** 20,
      checksum: 768 * 2 ** 20,
      cipher: 160 * 2 ** 20,
      linux: 128 * 2 ** 20,
    },
  },
  cells: [
    { strategy: ['sequential'], payloadWork, direction, offload: ['on'] },
    { strategy: ['replicated'], replicas: [2], payloadWork, direction, offload: ['on'] },
    // Single segments, on the same day.
    { strategy: ['sequential'], payloadWork: ['checksum'], direction, offload: ['off'] },
    { strategy: ['replicated'], replicas: [2], payloadWork: ['checksum'], direction, offload: ['off'] },
    { strategy: ['linux'], topology: ['veth'], direction, offload: ['on', 'off'] },
  ],
  baselines: ['sequential'],
  verdict: { kind: 'speedup-range', low: 1.15, high: 4, refutableFromCores: 3 },
  rounds: { full: 9, quick: 3 },
})
