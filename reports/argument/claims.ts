/**
 * The order of the argument, as data: groups, the claims in each, and the experiments that show them. An experiment that
 * no claim names belongs to the last group. Invariant: every named experiment exists, and none is in two groups.
 */

export type GroupName =
  | 'claims'
  | 'model'
  | 'rivals'
  | 'behaviour'
  | 'failure'
  | 'cost'
  | 'instrument'
  | 'further'

export interface Claim {
  readonly id: string
  /** Whose claim it is: that of the dissertation's abstract, in our words, or one that this matrix adds. */
  readonly by: 'abstract' | 'matrix'
  readonly text: string
  /** How this matrix reads a claim that names nothing to measure. */
  readonly reading?: string
  /** Set if it is about cells with such peers alone: what was measured with others is left out of its figure. */
  readonly peers?: 'unmodified'
  /** Those that show it, the most telling one first. */
  readonly experiments: readonly string[]
}

export interface Group {
  readonly name: GroupName
  readonly title: string
  /** What all of its experiments are about. */
  readonly about: string
  readonly claims: readonly Claim[]
}

/** The gain that the abstract claims, as ratios over the sequential stack: 15 … 300 %. */
export const publishedGain = { low: 1.15, high: 4 } as const

/** The claim that the head of the page answers. */
export const mainClaim = 'gain'

export const groups: readonly Group[] = [
  {
    name: 'claims',
    title: 'What the abstract claims',
    about: 'The gain by the type of communication, with unmodified peers and without.',
    claims: [
      {
        id: mainClaim,
        by: 'abstract',
        text: 'Replication raises the throughput of a single connection by 15 to 300 percent, depending on the type of communication.',
        experiments: [
          'tcp-send',
          'tcp-receive',
          'tcp-bidirectional',
          'tcp-request-response',
          'udp',
          'super-frames',
        ],
      },
      {
        id: 'unmodified-peers',
        by: 'abstract',
        text: 'Most of the gain is possible with unmodified peers such as Linux.',
        peers: 'unmodified',
        experiments: ['tcp-both', 'iperf3', 'http'],
      },
    ],
  },
  {
    name: 'model',
    title: 'Why: the model',
    about:
      'State work is repeated by every replica and payload work is done once. What follows from that for the gain?',
    claims: [
      {
        id: 'model',
        by: 'matrix',
        text: 'N replicas are N / (1 + (N−1) r) times as fast; r is the share of work that all repeat.',
        experiments: ['work-ratio', 'cpu-cost'],
      },
      {
        id: 'payload',
        by: 'matrix',
        text: 'The more payload work a segment takes, the higher the gain.',
        experiments: ['payload-work', 'segment-size'],
      },
      {
        id: 'state',
        by: 'matrix',
        text: 'The more state a protocol keeps, the smaller the gain.',
        experiments: ['ctp'],
      },
    ],
  },
  {
    name: 'rivals',
    title: 'Against other ways to parallelize',
    about: 'A lock, a state for each worker and a pipeline, over the same protocol code.',
    claims: [
      {
        id: 'rivals',
        by: 'matrix',
        text: 'At one connection replicas are ahead of their rivals; at many, a state for each worker is.',
        experiments: ['connections', 'strategies', 'strategies-receive'],
      },
      {
        id: 'lock',
        by: 'matrix',
        text: 'Replicas win over a lock where the model says so.',
        experiments: ['lock-crossover'],
      },
    ],
  },
  {
    name: 'behaviour',
    title: 'How the protocol behaves',
    about: 'What a peer, another flow or a bad path sees of a connection that replicas process.',
    claims: [
      {
        id: 'behaviour',
        by: 'abstract',
        text: 'Protocol behaviour is studied as it relates to replication.',
        reading: 'Tested here: who processes a connection changes, not how it behaves.',
        experiments: ['congestion-equivalence', 'window-trace', 'fairness', 'reordering', 'impaired-path'],
      },
    ],
  },
  {
    name: 'failure',
    title: 'Replicas that fail',
    about: 'Replicas that differ, die or stall in the middle of a transfer.',
    claims: [
      {
        id: 'consistency',
        by: 'matrix',
        text: 'States are equal at equal index, and it costs little to know.',
        experiments: ['consistency'],
      },
      {
        id: 'survival',
        by: 'matrix',
        text: 'A connection survives replicas that die or stall.',
        experiments: ['replica-failure', 'slow-replica'],
      },
    ],
  },
  {
    name: 'cost',
    title: 'What it costs',
    about: 'Requests, claims, latency and idle threads.',
    claims: [
      {
        id: 'channel',
        by: 'matrix',
        text: 'The cost of the channel does not depend on its size and readers.',
        experiments: ['channel'],
      },
      {
        id: 'tail',
        by: 'matrix',
        text: 'A second replica lengthens the tail of latencies by half at most.',
        experiments: ['latency-load'],
      },
      {
        id: 'threads',
        by: 'matrix',
        text: 'Claims of whole requests starve others; idle threads on few cores must not spin.',
        experiments: ['claim-granularity', 'placement'],
      },
    ],
  },
  {
    name: 'instrument',
    title: 'The instrument',
    about:
      'The stack that all gains are measured with, and what is predicted for more processors than this machine has.',
    claims: [
      {
        id: 'baseline',
        by: 'matrix',
        text: 'The baseline of all gains is no slower than a user-level stack in wide use.',
        experiments: ['user-level-stacks'],
      },
      {
        id: 'virtual-cores',
        by: 'matrix',
        text: 'The virtual cores predict goodput within 10 percent.',
        experiments: ['virtual-cores'],
      },
    ],
  },
  {
    name: 'further',
    title: 'Further experiments',
    about: 'Experiments that no claim above names.',
    claims: [],
  },
]
