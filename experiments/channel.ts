/** Asks what a channel costs by itself: published, read by all, claimed by one, with nothing else to do. */
import { defineExperiment, upToCores } from '../harness/matrix/define.ts'

const strategy = ['replicated' as const]

export const experiment = defineExperiment({
  id: 'channel',
  title: 'What the channel costs',
  question:
    'What do publishing, dequeuing and claiming cost for each request, and does it depend on readers, waiting or the size of the ring?',
  claim: {
    text: 'Components receive requests over high-performance channels; the first replica that dequeues a request processes it fully.',
    source:
      'C. D. Sizemore, Parallel network protocol stacks using replication, PhD dissertation, University of New Mexico, 2011, abstract; that the cost is flat is this project’s expectation',
  },
  topology: 'tap',
  workload: { kind: 'channel', requests: 480_000, warmupRequests: 480_000 },
  cells: [
    { strategy, replicas: upToCores(), idle: ['backoff'], slotCount: [1024], publishBatch: [16] },
    { strategy, replicas: [1, 2], idle: ['spin', 'park'], slotCount: [1024], publishBatch: [16] },
    { strategy, replicas: [1, 2], idle: ['backoff'], slotCount: [64], publishBatch: [16] },
    { strategy, replicas: [1, 2], idle: ['backoff'], slotCount: [1024], publishBatch: [1] },
  ],
  baselines: ['single-replica'],
  verdict: { kind: 'flat', measure: 'requestNanos', along: ['replicas', 'idle', 'slotCount'], times: 1.5 },
  rounds: { full: 9, quick: 3 },
})
