/** In which order the segments of replicas arrive, and what a gate on their order, or larger claims, make of it. */
import { defineExperiment } from '../harness/matrix/define.ts'

const payloadWork: 'checksum'[] = ['checksum']

export const experiment = defineExperiment({
  id: 'reordering',
  title: 'Segments out of order on the wire',
  question:
    'How many segments of replicas arrive out of order, by how far, and does a gate that keeps their order remove that?',
  claim: {
    text: 'Replicas that send what they have done at once reorder segments; if each waits for its turn, no segment arrives out of order.',
    source:
      'A consequence of replication that this project tests; the dissertation’s abstract says that protocol behaviour was studied',
  },
  topology: 'tap',
  workload: {
    kind: 'reordering',
    transferBytes: { checksum: 44 * 2 ** 20, linux: 64 * 2 ** 20 },
    warmupBytes: { checksum: 192 * 2 ** 20, linux: 16 * 2 ** 20 },
  },
  cells: [
    { strategy: ['sequential'], payloadWork },
    {
      strategy: ['replicated'],
      replicas: [2],
      payloadWork,
      emission: ['relaxed', 'ordered'],
      chunk: [1, 8],
    },
    { strategy: ['linux'], topology: ['veth'], offload: ['off'] },
  ],
  baselines: ['sequential'],
  // Less than one segment in a thousand.
  verdict: {
    kind: 'measure-range',
    measure: 'reorderedPercent',
    low: 0,
    high: 0.1,
    where: { emission: ['ordered'] },
  },
  rounds: { full: 9, quick: 3 },
})
