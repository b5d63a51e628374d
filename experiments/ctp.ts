/** One message stream between two stacks, with more and more microprotocols on the way. */
import { defineExperiment } from '../harness/matrix/define.ts'

/** Each adds state to the one before it. */
const order: ('none' | 'ordered' | 'ordered-reliable' | 'ordered-reliable-congestion')[] = [
  'none',
  'ordered',
  'ordered-reliable',
  'ordered-reliable-congestion',
]

/** Expensive payload work: with cheap work, two stacks on few processors leave nothing to gain. */
const common = {
  microprotocols: [...order, 'reliable' as const],
  datagramBytes: [1408],
  payloadWork: ['cipher' as const],
  peer: ['sequential'],
}

export const experiment = defineExperiment({
  id: 'ctp',
  title: 'Microprotocols on the same framework',
  question:
    'How does the gain of replication fall with each stateful microprotocol that is added: ordering, reliability, congestion control?',
  claim: {
    text: 'State management work is replicated, and logically independent work is parallelized: so the more state a protocol keeps for each message, the less replication gains.',
    source:
      'Our reading of C. D. Sizemore, Parallel network protocol stacks using replication, PhD dissertation, University of New Mexico, 2011, abstract; the microprotocols follow the Configurable Transport Protocol (Bridges, Wong, Hiltunen, Schlichting, Barrick, IEEE/ACM Transactions on Networking, 2007)',
  },
  topology: 'tap-pair',
  workload: { kind: 'ctp', seconds: 0.5, warmupSeconds: 1.5 },
  cells: [
    { strategy: ['sequential'], ...common },
    { strategy: ['replicated'], replicas: [2], ...common },
  ],
  baselines: ['sequential'],
  verdict: { kind: 'trend', factor: 'microprotocols', along: order, speedup: 'falls', refutableFromCores: 4 },
  rounds: { full: 9, quick: 3 },
})
