/** An unmodified iperf3 on the Linux side, in both directions over one stream, and over four. */
import { defineExperiment } from '../harness/matrix/define.ts'

const direction: ('send' | 'receive')[] = ['send', 'receive']
const payloadWork: 'checksum'[] = ['checksum']

export const experiment = defineExperiment({
  id: 'iperf3',
  title: 'An unmodified iperf3 as the peer',
  question:
    'What does an iperf3 that knows nothing of replication report of a stack that is replicated, sending and receiving?',
  claim: {
    text: 'Replicating protocol state raises the throughput of a single connection by 15 to 300 percent on commodity hardware, depending on the type of communication, and most of the gain is possible with unmodified peers such as Linux.',
    source:
      'C. D. Sizemore, Parallel network protocol stacks using replication, PhD dissertation, University of New Mexico, 2011, abstract',
  },
  topology: 'tap',
  workload: {
    kind: 'iperf3',
    transferBytes: { checksum: 112 * 2 ** 20, linux: 256 * 2 ** 20 },
    warmupBytes: { checksum: 256 * 2 ** 20, linux: 64 * 2 ** 20 },
  },
  cells: [
    { strategy: ['sequential'], payloadWork, direction, connections: [1] },
    { strategy: ['replicated'], replicas: [1, 2], payloadWork, direction, connections: [1] },
    { strategy: ['sequential'], payloadWork, direction: ['receive'], connections: [4] },
    { strategy: ['replicated'], replicas: [2], payloadWork, direction: ['receive'], connections: [4] },
    { strategy: ['linux'], topology: ['veth'], offload: ['off'], direction, connections: [1] },
  ],
  baselines: ['sequential'],
  verdict: { kind: 'speedup-range', low: 1.15, high: 4, refutableFromCores: 3 },
  rounds: { full: 9, quick: 3 },
})
