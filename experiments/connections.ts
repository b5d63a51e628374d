/** How many connections it takes until giving each worker its own is better than replicating all of them. */
import { defineExperiment } from '../harness/matrix/define.ts'

const connections = [1, 32, 1024]

export const experiment = defineExperiment({
  id: 'connections',
  title: 'One connection, some, and a thousand',
  question:
    'How much do 1 to 1,024 connections carry together, how evenly do they share it, and from how many on is a state for each worker better than replicas?',
  claim: {
    text: 'Parallelization by connections cannot help a single high-speed stream, and replication can; but replicas repeat the state work of every connection. So replication is faster than connection parallelism at one connection, and slower at many.',
    source:
      'The first half: C. D. Sizemore, Parallel network protocol stacks using replication, PhD dissertation, University of New Mexico, 2011, abstract; the second is this project’s',
  },
  topology: 'tap',
  workload: {
    kind: 'bulk',
    direction: 'send',
    // Of all connections together: 256 KiB for each of 1,024, and a quarter of it in a quick run.
    transferBytes: { checksum: 72 * 2 ** 20, linux: 160 * 2 ** 20 },
    warmupBytes: { checksum: 192 * 2 ** 20, linux: 64 * 2 ** 20 },
  },
  cells: [
    { strategy: ['sequential'], payloadWork: ['checksum'], connections },
    { strategy: ['replicated', 'sharded'], replicas: [2], payloadWork: ['checksum'], connections },
    // At one connection and at eight these are in `strategies`.
    { strategy: ['locked', 'pipelined'], replicas: [2], payloadWork: ['checksum'], connections: [1024] },
    { strategy: ['linux'], topology: ['veth'], offload: ['off'], connections: [1024] },
  ],
  baselines: ['sequential'],
  verdict: {
    kind: 'crossover',
    factor: 'connections',
    of: 'replicated',
    over: 'sharded',
    aheadAt: 'first',
    refutableFromCores: 4,
  },
  rounds: { full: 9, quick: 3 },
})
