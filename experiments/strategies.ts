/** Ways to process TCP in parallel, over the same protocol code, at one connection and at several. */
import { defineExperiment } from '../harness/matrix/define.ts'

const payloadWork: ('checksum' | 'cipher')[] = ['checksum', 'cipher']
const connections = [1, 8]

export const experiment = defineExperiment({
  id: 'strategies',
  title: 'Replication and the other ways to parallelize',
  question:
    'What do a lock around one state, a state for each worker, a pipeline and replicas make of two processors, at one connection and at eight?',
  claim: {
    text: 'Existing parallelization strategies have performance difficulties that limit their scalability and their use on single, high-speed data streams; replication raises the throughput of a single connection.',
    source:
      'C. D. Sizemore, Parallel network protocol stacks using replication, PhD dissertation, University of New Mexico, 2011, abstract',
  },
  topology: 'tap',
  workload: {
    kind: 'bulk',
    direction: 'send',
    transferBytes: { checksum: 88 * 2 ** 20, cipher: 36 * 2 ** 20 },
    warmupBytes: { checksum: 256 * 2 ** 20, cipher: 96 * 2 ** 20 },
    offloadTimes: 5,
  },
  cells: [
    { strategy: ['sequential'], payloadWork, connections },
    {
      strategy: ['replicated', 'locked', 'sharded', 'pipelined'],
      replicas: [2],
      payloadWork,
      connections,
    },
    // Frames of 64 KB, which the wire cuts.
    { strategy: ['sequential'], payloadWork: ['checksum'], offload: ['on'] },
    {
      strategy: ['replicated', 'locked', 'sharded', 'pipelined'],
      replicas: [2],
      payloadWork: ['checksum'],
      offload: ['on'],
    },
  ],
  baselines: ['sequential'],
  verdict: { kind: 'speedup-range', low: 1.15, high: 4, refutableFromCores: 3 },
  rounds: { full: 11, quick: 3 },
})
