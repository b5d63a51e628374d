/** What the bytes of one connection cost in processor time, by the number of replicas. */
import { defineExperiment, upToCores } from '../harness/matrix/define.ts'

const payloadWork: ('checksum' | 'cipher')[] = ['checksum', 'cipher']

export const experiment = defineExperiment({
  id: 'cpu-cost',
  title: 'What a byte costs',
  question:
    'How much more processor time do replicas take for the same bytes than one does, how much of it polls in vain, and does what they repeat explain their speed?',
  claim: {
    text: 'State management work is replicated, logically independent work is parallelized: work for the same bytes grows as 1 + (N-1) r, and the speed-up is N over that.',
    source:
      'The first half: C. D. Sizemore, Parallel network protocol stacks using replication, PhD dissertation, University of New Mexico, 2011, abstract; the formula is this project’s',
  },
  topology: 'tap',
  workload: {
    kind: 'bulk',
    direction: 'send',
    transferBytes: { checksum: 112 * 2 ** 20, cipher: 44 * 2 ** 20, linux: 192 * 2 ** 20 },
    warmupBytes: { checksum: 256 * 2 ** 20, cipher: 96 * 2 ** 20, linux: 64 * 2 ** 20 },
  },
  cells: [
    { strategy: ['sequential'], payloadWork },
    { strategy: ['replicated'], replicas: upToCores(), payloadWork },
    { strategy: ['linux'], topology: ['veth'], offload: ['off'] },
  ],
  baselines: ['sequential', 'single-replica'],
  // Four: one core for each of two replicas, one for the application, one for the peer.
  verdict: { kind: 'replicated-work', tolerance: 0.1, refutableFromCores: 4 },
  rounds: { full: 11, quick: 3 },
})
