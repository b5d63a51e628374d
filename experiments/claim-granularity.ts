/** What one claim covers, against how much the application writes at once. */
import { defineExperiment } from '../harness/matrix/define.ts'

const payloadWork: 'cipher'[] = ['cipher']
const writeBytes = [4096, 262_144]

export const experiment = defineExperiment({
  id: 'claim-granularity',
  title: 'Claims of different sizes',
  question:
    'Should a replica claim one segment, several, or all that a request emits, when the application writes little or much at once?',
  claim: {
    text: 'Who claims all that a request emits leaves nothing to the others when one write is large, so that they starve.',
    source: 'Ours; the dissertation’s abstract leaves open what a claim covers',
  },
  topology: 'tap',
  workload: {
    kind: 'bulk',
    direction: 'send',
    transferBytes: { cipher: 48 * 2 ** 20 },
    warmupBytes: { cipher: 112 * 2 ** 20 },
  },
  cells: [
    { strategy: ['sequential'], payloadWork, writeBytes },
    {
      strategy: ['replicated'],
      replicas: [2],
      payloadWork,
      writeBytes,
      claim: ['action', 'request'],
      chunk: [1],
    },
    { strategy: ['replicated'], replicas: [2], payloadWork, writeBytes, claim: ['action'], chunk: [8] },
  ],
  baselines: ['sequential'],
  verdict: {
    kind: 'contrast',
    factor: 'claim',
    of: 'request',
    over: 'action',
    where: { writeBytes: [262_144] },
    atMost: 0.9,
    refutableFromCores: 3,
  },
  rounds: { full: 9, quick: 3 },
})
