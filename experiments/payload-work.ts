/** What is done to every payload byte, from a mere checksum to a cipher. */
import { defineExperiment, upToCores } from '../harness/matrix/define.ts'

// A sum where the bytes lie; a copy and the sum, which every segment needs; both and a cipher.
const payloadWork: ('checksum' | 'copy' | 'cipher')[] = ['checksum', 'copy', 'cipher']

export const experiment = defineExperiment({
  id: 'payload-work',
  title: 'Cheap and expensive payload work',
  question: 'How does the gain of replication depend on what is done to every byte?',
  claim: {
    text: 'Only state work is repeated by every replica: the more work each byte takes, the nearer the speed-up comes to the number of replicas.',
    source: 'The performance model of this project; the dissertation’s abstract names no payload work',
  },
  topology: 'tap',
  workload: {
    kind: 'bulk',
    direction: 'send',
    transferBytes: { copy: 112 * 2 ** 20, checksum: 112 * 2 ** 20, cipher: 44 * 2 ** 20 },
    warmupBytes: { copy: 256 * 2 ** 20, checksum: 256 * 2 ** 20, cipher: 112 * 2 ** 20 },
  },
  cells: [
    { strategy: ['sequential'], payloadWork },
    { strategy: ['replicated'], replicas: upToCores(), payloadWork },
  ],
  baselines: ['sequential', 'single-replica'],
  verdict: {
    kind: 'trend',
    factor: 'payloadWork',
    along: payloadWork,
    speedup: 'rises',
    refutableFromCores: 3,
  },
  rounds: { full: 11, quick: 3 },
})
