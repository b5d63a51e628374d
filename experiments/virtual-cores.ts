/** Predictions of the virtual cores, compared with measurements where this machine has enough processors. */
import { defineExperiment } from '../harness/matrix/define.ts'

const payloadWork: ('checksum' | 'cipher')[] = ['checksum', 'cipher']

export const experiment = defineExperiment({
  id: 'virtual-cores',
  title: 'More processors than this machine has, predicted',
  question:
    'What would one sending connection reach on 1 to 64 processors, by what operations cost here, and how far off are such predictions where they can be checked?',
  claim: {
    text: 'The same protocol code, run on processors in virtual time at the prices that were measured here, predicts goodput within 10 percent, and shows where each strategy ends.',
    source:
      'A claim of this project’s about its own instrument; the dissertation’s abstract does not speak of simulation',
  },
  topology: 'tap',
  workload: {
    kind: 'bulk',
    direction: 'send',
    transferBytes: { checksum: 112 * 2 ** 20, cipher: 48 * 2 ** 20 },
    // More than a second for each process of a stack: until then the JIT compiler takes processor time.
    warmupBytes: { checksum: 256 * 2 ** 20, cipher: 96 * 2 ** 20 },
  },
  cells: [
    { strategy: ['sequential'], payloadWork },
    { strategy: ['replicated', 'locked'], replicas: [1, 2], payloadWork },
  ],
  baselines: ['sequential', 'single-replica'],
  predictions: {
    strategies: ['sequential', 'replicated', 'locked', 'sharded', 'pipelined'],
    payloadWork,
    full: { replicas: [1, 2, 4, 8, 16, 32, 64], draws: 3, checkDraws: 7, repetitionsPerRound: 1 },
    quick: { replicas: [1, 2, 8], draws: 1, checkDraws: 1, repetitionsPerRound: 1 },
  },
  verdict: { kind: 'prediction', median: 0.1, worst: 0.2 },
  rounds: { full: 11, quick: 3 },
})
