/** The ways of `strategies`, receiving: who reads a frame does not know yet whose it is, and payload is verified before it counts. */
import { defineExperiment } from '../harness/matrix/define.ts'

const connections = [1, 8]

export const experiment = defineExperiment({
  id: 'strategies-receive',
  title: 'Replication and the other ways to parallelize, receiving',
  question:
    'What do a lock around one state, a state for each worker, a pipeline and replicas make of two processors that receive, at one connection and at eight?',
  claim: {
    text: 'Existing parallelization strategies have performance difficulties that limit their scalability and their use on single, high-speed data streams; replication raises the throughput of a single connection.',
    source:
      'C. D. Sizemore, Parallel network protocol stacks using replication, PhD dissertation, University of New Mexico, 2011, abstract',
  },
  topology: 'tap',
  workload: {
    kind: 'bulk',
    direction: 'receive',
    transferBytes: { checksum: 128 * 2 ** 20, cipher: 40 * 2 ** 20 },
    warmupBytes: { checksum: 384 * 2 ** 20, cipher: 112 * 2 ** 20 },
    offloadTimes: 4,
  },
  cells: [
    { strategy: ['sequential'], payloadWork: ['checksum'], connections },
    {
      strategy: ['replicated', 'locked', 'sharded', 'pipelined'],
      replicas: [2],
      payloadWork: ['checksum'],
      connections,
    },
    { strategy: ['sequential'], payloadWork: ['cipher'] },
    {
      strategy: ['replicated', 'locked', 'sharded', 'pipelined'],
      replicas: [2],
      payloadWork: ['cipher'],
    },
    // Segments that were read together are not merged: each of them is a request, and every second one is acknowledged.
    { strategy: ['sequential'], payloadWork: ['checksum'], coalescing: ['off'] },
    {
      strategy: ['replicated', 'locked', 'sharded', 'pipelined'],
      replicas: [2],
      payloadWork: ['checksum'],
      coalescing: ['off'],
    },
    // Frames of 64 KB, which the peer's kernel merged.
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
