/** Bulk transfer in both directions of one connection at once, between the stack and an unmodified Linux peer. */
import { defineExperiment, upToCores } from '../harness/matrix/define.ts'

const payloadWork: ('checksum' | 'cipher')[] = ['checksum', 'cipher']

export const experiment = defineExperiment({
  id: 'tcp-bidirectional',
  title: 'One TCP connection, both directions at once',
  question:
    'How much do both directions of one connection carry together, and each of them, when its protocol state is replicated?',
  claim: {
    text: 'Replicating protocol state raises the throughput of a single connection by 15 to 300 percent on commodity hardware, depending on the type of communication, and most of the gain is possible with unmodified peers such as Linux.',
    source:
      'C. D. Sizemore, Parallel network protocol stacks using replication, PhD dissertation, University of New Mexico, 2011, abstract',
  },
  topology: 'tap',
  workload: {
    kind: 'bidirectional',
    transferBytes: { checksum: 64 * 2 ** 20, cipher: 24 * 2 ** 20, linux: 160 * 2 ** 20 },
    warmupBytes: { checksum: 256 * 2 ** 20, cipher: 112 * 2 ** 20, linux: 64 * 2 ** 20 },
  },
  cells: [
    { strategy: ['sequential'], payloadWork },
    { strategy: ['replicated'], replicas: upToCores(), payloadWork },
    { strategy: ['linux'], topology: ['veth'], offload: ['off'] },
  ],
  baselines: ['sequential', 'single-replica'],
  verdict: { kind: 'speedup-range', low: 1.15, high: 4, refutableFromCores: 3 },
  rounds: { full: 11, quick: 3 },
})
