/** Latency of requests that arrive by a schedule, whatever becomes of earlier ones, at several loads. */
import { defineExperiment } from '../harness/matrix/define.ts'

const requests = { messageBytes: [16_384], offeredPerSecond: [500, 2000, 4000] }
const payloadWork: 'checksum'[] = ['checksum']

export const experiment = defineExperiment({
  id: 'latency-load',
  title: 'Latency at an offered load',
  question:
    'How long do requests take that arrive whether or not earlier ones were answered, and what does a second replica add to their tail or take from it?',
  claim: {
    text: 'A second replica, which applies every request again, lengthens the tail of latencies at moderate load by no more than half.',
    source: 'This project’s',
  },
  topology: 'tap',
  workload: { kind: 'open-loop', seconds: 1.2, warmupSeconds: 1.5 },
  cells: [
    { ...requests, strategy: ['sequential'], payloadWork },
    { ...requests, strategy: ['replicated'], replicas: [1, 2], payloadWork },
    { ...requests, strategy: ['linux'], topology: ['veth'], offload: ['off'] },
  ],
  baselines: ['sequential', 'single-replica'],
  verdict: {
    kind: 'contrast',
    factor: 'replicas',
    of: 2,
    over: 1,
    where: { offeredPerSecond: [500, 2000] },
    atLeast: 0.67,
    refutableFromCores: 3,
  },
  rounds: { full: 9, quick: 3 },
})
