/** Requests and responses over one connection, the stack at either end. */
import { defineExperiment } from '../harness/matrix/define.ts'

const sizes = [1, 1024, 65_536]
const depth = [1, 32]
const roles: ('server' | 'client')[] = ['server', 'client']

/** The stack is the server for messages of all sizes, and the client for one size. */
const exchanges = [
  { role: roles.slice(0, 1), messageBytes: sizes, depth },
  { role: roles.slice(1), messageBytes: sizes.slice(1, 2), depth },
]

export const experiment = defineExperiment({
  id: 'tcp-request-response',
  title: 'Requests and responses over one connection',
  question:
    'How many transactions a second does one connection carry, and how long does each take, when its protocol state is replicated?',
  claim: {
    text: 'Replicating protocol state raises the throughput of a single connection by 15 to 300 percent on commodity hardware, depending on the type of communication, and most of the gain is possible with unmodified peers such as Linux.',
    source:
      'C. D. Sizemore, Parallel network protocol stacks using replication, PhD dissertation, University of New Mexico, 2011, abstract',
  },
  topology: 'tap',
  workload: { kind: 'request-response', seconds: 0.8, warmupSeconds: 2 },
  cells: exchanges.flatMap((exchange) => [
    { ...exchange, strategy: ['sequential' as const], payloadWork: ['checksum' as const] },
    { ...exchange, strategy: ['replicated' as const], replicas: [2], payloadWork: ['checksum' as const] },
    { ...exchange, strategy: ['linux' as const], topology: ['veth'], offload: ['off' as const] },
  ]),
  baselines: ['sequential'],
  verdict: { kind: 'speedup-range', low: 1.15, high: 4, refutableFromCores: 3 },
  rounds: { full: 11, quick: 3 },
})
