/** The same requests by replicas and under a lock: who wins, and does the model say so from what its parts cost here? */
import { defineExperiment, upToCores } from '../harness/matrix/define.ts'

// Two kinds of state, which a request changes in its first line only or in many: the lines are what a lock's holder has to
// fetch from the one before. Two kinds of request, of little state work and of as much as payload work.
const stateLines = [0, 512]
const workRatio = [0.05, 0.5]
const threads = [...new Set([2, Math.max(...upToCores())])]

export const experiment = defineExperiment({
  id: 'lock-crossover',
  title: 'Replicas or a lock',
  question:
    'With s of state work, s_l of it under a lock and p of payload work as measured, do replicas win over a lock where the model says so?',
  claim: {
    text: 'Existing parallelization strategies have performance difficulties; replication needs no locks and no global state.',
    source:
      'C. D. Sizemore, Parallel network protocol stacks using replication, PhD dissertation, University of New Mexico, 2011, abstract; the model beside a lock is this project’s',
  },
  topology: 'tap',
  workload: { kind: 'model', requests: 12_000, warmupRequests: 12_000 },
  cells: [
    { strategy: ['sequential'], workRatio, stateLines },
    { strategy: ['replicated', 'locked'], replicas: threads, workRatio, stateLines },
    // A lock that nobody else wants, and its state at hand.
    { strategy: ['locked'], replicas: [1], workRatio: [0.05], stateLines: [512] },
  ],
  baselines: ['sequential'],
  verdict: { kind: 'lock-model', margin: 0.05 },
  rounds: { full: 9, quick: 3 },
})
