/** Segments from 536 B, the least that every host has to take, to 8960 B, which fill a jumbo frame. */
import { defineExperiment } from '../harness/matrix/define.ts'

const segmentBytes = [536, 1460, 4380, 8960]
// With a cipher the processors of the stack, not the peer beside them, are what a second replica relieves.
const payloadWork: ('checksum' | 'cipher')[] = ['checksum', 'cipher']

export const experiment = defineExperiment({
  id: 'segment-size',
  title: 'Segments of different sizes',
  question: 'How does the gain of replication depend on how much payload a segment carries?',
  claim: {
    text: 'The state work of a segment is the same for every size, and its payload work grows with it: so the gain grows with the segments.',
    source: 'The performance model of this project; the dissertation’s abstract gives no sizes',
  },
  topology: 'tap',
  workload: {
    kind: 'bulk',
    direction: 'send',
    transferBytes: { checksum: 128 * 2 ** 20, cipher: 48 * 2 ** 20 },
    warmupBytes: { checksum: 256 * 2 ** 20, cipher: 96 * 2 ** 20 },
  },
  cells: [
    { strategy: ['sequential'], payloadWork, segmentBytes },
    { strategy: ['replicated'], replicas: [2], payloadWork, segmentBytes },
  ],
  baselines: ['sequential'],
  verdict: {
    kind: 'trend',
    factor: 'segmentBytes',
    along: segmentBytes,
    speedup: 'rises',
    refutableFromCores: 3,
  },
  rounds: { full: 11, quick: 3 },
})
