/** A replica is stopped for a while during a transfer. */
import { defineExperiment } from '../harness/matrix/define.ts'

export const experiment = defineExperiment({
  id: 'slow-replica',
  title: 'Replicas that stall',
  question:
    'How long does a connection stand still when a replica does, and does the ring hide short stalls?',
  claim: {
    text: 'The slowest replica gates the ring of requests: a stall shorter than the ring takes to fill does not stop the connection, a longer one stops it until it is over.',
    source:
      'A consequence of the design that this project tests; the dissertation’s abstract does not speak of stalls',
  },
  topology: 'tap',
  workload: {
    kind: 'bulk',
    direction: 'send',
    transferBytes: { checksum: 240 * 2 ** 20 },
    warmupBytes: { checksum: 320 * 2 ** 20 },
  },
  cells: [
    { strategy: ['sequential'], payloadWork: ['checksum'] },
    {
      strategy: ['replicated'],
      replicas: [2],
      payloadWork: ['checksum'],
      disturbance: ['none', 'stall-1', 'stall-10', 'stall-100', 'stall-1000'],
    },
  ],
  baselines: ['sequential'],
  verdict: { kind: 'survival', gapMillis: 1100 },
  rounds: { full: 9, quick: 3 },
})
