/** Replicas are killed during a transfer; others take their place. */
import { defineExperiment } from '../harness/matrix/define.ts'

export const experiment = defineExperiment({
  id: 'replica-failure',
  title: 'Replicas that die',
  question:
    'Does a connection survive when a replica of its state is killed in the middle of a transfer, and replaced?',
  claim: {
    text: 'Each processor keeps its own copy of protocol state, so what is lost with one of them is processing power, not the connection.',
    source:
      'A consequence of replication that this project tests; the dissertation’s abstract does not speak of failures',
  },
  topology: 'tap',
  workload: {
    kind: 'bulk',
    direction: 'send',
    transferBytes: { checksum: 200 * 2 ** 20 },
    warmupBytes: { checksum: 320 * 2 ** 20 },
  },
  cells: [
    { strategy: ['sequential'], payloadWork: ['checksum'] },
    {
      strategy: ['replicated'],
      replicas: [2],
      payloadWork: ['checksum'],
      disturbance: ['none', 'kill'],
    },
  ],
  behaviour: [
    { strategy: ['sequential'], payloadWork: ['checksum'] },
    { strategy: ['replicated'], replicas: [2], payloadWork: ['checksum'], disturbance: ['kill'] },
  ],
  baselines: ['sequential'],
  verdict: { kind: 'survival', gapMillis: 250 },
  rounds: { full: 15, quick: 3 },
})
