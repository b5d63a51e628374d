/** An HTTP server on the stack, asked by an unmodified wrk: few connections and many, small files and larger. */
import { defineExperiment } from '../harness/matrix/define.ts'

const payloadWork: 'checksum'[] = ['checksum']

const loads = [
  { bodyBytes: [1024], connections: [1, 64] },
  { bodyBytes: [65_536], connections: [8] },
]

export const experiment = defineExperiment({
  id: 'http',
  title: 'An HTTP server on the stack, with unmodified clients',
  question:
    'How many requests a second does an HTTP server answer, and how long does each take, when the protocol state below it is replicated?',
  claim: {
    text: 'Replicating protocol state raises the throughput of a single connection by 15 to 300 percent on commodity hardware, depending on the type of communication, and most of the gain is possible with unmodified peers such as Linux.',
    source:
      'C. D. Sizemore, Parallel network protocol stacks using replication, PhD dissertation, University of New Mexico, 2011, abstract',
  },
  topology: 'tap',
  workload: { kind: 'http', seconds: 1.6, warmupSeconds: 2 },
  cells: [
    ...loads.flatMap((load) => [
      { ...load, strategy: ['sequential' as const], payloadWork },
      { ...load, strategy: ['replicated' as const], replicas: [2], payloadWork },
    ]),
    { bodyBytes: [1024], connections: [64], strategy: ['replicated'], replicas: [1], payloadWork },
    { bodyBytes: [1024], connections: [64], strategy: ['linux'], topology: ['veth'], offload: ['off'] },
  ],
  baselines: ['sequential'],
  verdict: { kind: 'speedup-range', low: 1.15, high: 4, refutableFromCores: 3 },
  rounds: { full: 9, quick: 3 },
})
