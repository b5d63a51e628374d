/** Applies the log of one congestion-controlled transfer with any number of replicas: their windows have to be the same. */
import { defineExperiment } from '../harness/matrix/define.ts'

export const experiment = defineExperiment({
  id: 'congestion-equivalence',
  title: 'One log, any number of replicas: the same windows',
  question:
    'Do cwnd, ssthresh, the send window, the bytes in flight and RTO have the same values after every request, whatever the number of replicas?',
  claim: {
    text: 'Each processor keeps its own copy of protocol state, and state management work is replicated.',
    source:
      'C. D. Sizemore, Parallel network protocol stacks using replication, PhD dissertation, University of New Mexico, 2011, abstract; that windows are then equal is this project’s conclusion',
  },
  topology: 'tap',
  // In a quick run a quarter: about 1,200 requests, which is more than the replayed channel holds at once.
  workload: { kind: 'windows', transferBytes: 8 * 2 ** 20 },
  cells: [{ strategy: ['replicated'], replicas: [1, 2, 4, 8] }],
  baselines: ['single-replica'],
  verdict: { kind: 'at-most', measure: 'traceDistance', limit: 0, over: 'pointsCompared' },
  // One round has NewReno, the next CUBIC. There is no noise in equality, so few rounds tell as much as many.
  rounds: { full: 7, quick: 2 },
})
