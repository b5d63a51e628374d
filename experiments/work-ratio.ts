/** Tests the performance model without a network: requests of fixed costs on real threads. */
import { defineExperiment } from '../harness/matrix/define.ts'

const workRatio = [0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9]

export const experiment = defineExperiment({
  id: 'work-ratio',
  title: 'Share of replicated work, against the model',
  question:
    'Where state work s is repeated by every replica and payload work p is done once, is the speed-up N / (1 + (N-1) r), r = s / (s + p)?',
  claim: {
    text: 'State management work is replicated, logically independent work is parallelized; the gain depends on the type of communication.',
    source:
      'C. D. Sizemore, Parallel network protocol stacks using replication, PhD dissertation, University of New Mexico, 2011, abstract; the formula is this project’s',
  },
  topology: 'tap',
  workload: {
    kind: 'model',
    requests: 16_000,
    // Up to a second: two new threads are a tenth slower in their first second than later.
    warmupRequests: 30_000,
  },
  cells: [
    { strategy: ['sequential'], workRatio },
    { strategy: ['replicated'], replicas: [1, 2], workRatio },
  ],
  baselines: ['sequential', 'single-replica'],
  verdict: { kind: 'model', tolerance: 0.1 },
  rounds: { full: 9, quick: 3 },
})
