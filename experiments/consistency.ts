/** Compares state digests of the replicas in every run, and measures how much goodput the digests cost. */
import { defineExperiment } from '../harness/matrix/define.ts'

export const experiment = defineExperiment({
  id: 'consistency',
  title: 'Equal states, and what it costs to know',
  question:
    'Do all replicas hold equal state at equal channel index in every run, and what do the digests that prove it cost?',
  claim: {
    text: 'Each processor keeps its own copy of protocol state; every replica processes a request as far as keeps its state consistent. That the copies are equal can be checked while they work, at no more than 3 percent of the goodput.',
    source:
      'The first sentence: C. D. Sizemore, Parallel network protocol stacks using replication, PhD dissertation, University of New Mexico, 2011, abstract; the second is this project’s',
  },
  topology: 'tap',
  workload: {
    kind: 'bulk',
    direction: 'send',
    transferBytes: { checksum: 56 * 2 ** 20, cipher: 28 * 2 ** 20 },
    warmupBytes: { checksum: 256 * 2 ** 20, cipher: 96 * 2 ** 20 },
  },
  cells: [
    {
      strategy: ['replicated'],
      replicas: [1, 2],
      payloadWork: ['checksum', 'cipher'],
      digests: ['on', 'off'],
    },
  ],
  baselines: ['single-replica'],
  verdict: { kind: 'cost', factor: 'digests', of: 'on', over: 'off', atMost: 0.03 },
  rounds: { full: 50, quick: 3, target: 0.01 },
})
