/** Where the threads of a stack run, and what they do when there is nothing to do. */
import { defineExperiment } from '../harness/matrix/define.ts'

const payloadWork: 'checksum'[] = ['checksum']
const replicated = { strategy: ['replicated' as const], payloadWork }

export const experiment = defineExperiment({
  id: 'placement',
  title: 'Where threads run, and how they wait',
  question:
    'What becomes of the goodput of threads that have a core each, share one, or are more than the cores, when they spin, back off or sleep while idle?',
  claim: {
    text: 'Threads that outnumber their cores must not spin: those that spin while idle take the core from those that have work, which costs at least half of the goodput that backing off reaches.',
    source: 'This project’s',
  },
  topology: 'tap',
  workload: {
    kind: 'bulk',
    direction: 'send',
    transferBytes: { checksum: 40 * 2 ** 20 },
    warmupBytes: { checksum: 128 * 2 ** 20 },
  },
  cells: [
    { strategy: ['sequential'], payloadWork },
    { ...replicated, replicas: [2], idle: ['spin', 'backoff', 'park'], placement: ['apart', 'together'] },
    { ...replicated, replicas: [2], idle: ['backoff'], placement: ['free'] },
    { ...replicated, replicas: [4], idle: ['spin', 'backoff'], placement: ['doubled'] },
    { ...replicated, replicas: [4], idle: ['backoff'], placement: ['apart'] },
    // Its threads wait for each other; a replica can do the work of any other.
    {
      strategy: ['pipelined'],
      replicas: [3],
      payloadWork,
      idle: ['spin', 'backoff'],
      placement: ['together'],
    },
  ],
  baselines: ['sequential'],
  verdict: {
    kind: 'contrast',
    factor: 'idle',
    of: 'spin',
    over: 'backoff',
    where: { placement: ['together', 'doubled'] },
    atMost: 0.5,
  },
  rounds: { full: 9, quick: 3 },
})
