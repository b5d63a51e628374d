/** One flow of ours and one of Linux send over the same slow link. */
import { defineExperiment } from '../harness/matrix/define.ts'

export const experiment = defineExperiment({
  id: 'fairness',
  title: 'Sharing a link with a Linux flow',
  question:
    'Does a replicated connection leave an unmodified Linux flow its share of a link, and get its own, as a sequential one does?',
  claim: {
    text: 'Replication changes who processes a connection, not how it behaves: beside a Linux flow it neither starves nor crowds it out.',
    source:
      'A consequence of replication that this project tests; the dissertation’s abstract says that protocol behaviour was studied',
  },
  topology: 'dumbbell',
  workload: { kind: 'beside-linux', seconds: 2, warmupSeconds: 0 },
  cells: [
    { strategy: ['sequential'], payloadWork: ['checksum'] },
    { strategy: ['replicated'], replicas: [1, 2], payloadWork: ['checksum'] },
    { strategy: ['linux'], topology: ['dumbbell-linux'] },
  ],
  baselines: ['sequential', 'single-replica'],
  // At either end Jain’s index is 0.86. A window of a second holds few cycles of either congestion control.
  // The claim is about replicas: what one thread does is told beside them, for reference.
  verdict: {
    kind: 'measure-range',
    measure: 'shareOfLink',
    low: 0.3,
    high: 0.7,
    where: { strategy: ['replicated'] },
  },
  rounds: { full: 9, quick: 3 },
})
