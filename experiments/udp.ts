/** Datagrams of three lengths in both directions at the receiver's pace, and at a rate that may exceed this pace. */
import { defineExperiment } from '../harness/matrix/define.ts'

const directions: ('send' | 'receive')[] = ['send', 'receive']

/**
 * All lengths in both directions at the receiver's pace (`offeredPerSecond` 0). Also the shortest length, received by
 * the stack, at a fixed rate that may be more than the receiver can take.
 */
const exchanges = [
  { direction: directions, datagramBytes: [64, 512, 1472], offeredPerSecond: [0] },
  { direction: directions.slice(1), datagramBytes: [64], offeredPerSecond: [200_000] },
]

export const experiment = defineExperiment({
  id: 'udp',
  title: 'Datagrams between two sockets',
  question:
    'How many UDP datagrams a second do two sockets carry, and how many are lost, when protocol state is replicated?',
  claim: {
    text: 'Replicating protocol state raises the throughput of a single connection by 15 to 300 percent on commodity hardware, depending on the type of communication, and most of the gain is possible with unmodified peers such as Linux.',
    source:
      'C. D. Sizemore, Parallel network protocol stacks using replication, PhD dissertation, University of New Mexico, 2011, abstract',
  },
  topology: 'tap',
  workload: { kind: 'datagrams', seconds: 0.8, warmupSeconds: 2 },
  cells: exchanges.flatMap((exchange) => [
    { ...exchange, strategy: ['sequential' as const], payloadWork: ['checksum' as const] },
    { ...exchange, strategy: ['replicated' as const], replicas: [1, 2], payloadWork: ['checksum' as const] },
    { ...exchange, strategy: ['linux' as const], topology: ['veth'], offload: ['off' as const] },
  ]),
  baselines: ['sequential', 'single-replica'],
  verdict: { kind: 'speedup-range', low: 1.15, high: 4, refutableFromCores: 3 },
  rounds: { full: 11, quick: 3 },
})
