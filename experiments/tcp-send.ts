/** Bulk transfer over one connection from the stack to an unmodified Linux peer. */
import { defineExperiment, upToCores } from '../harness/matrix/define.ts'

export const experiment = defineExperiment({
  id: 'tcp-send',
  title: 'One TCP connection, sending',
  question:
    'How much faster does one connection send to an unmodified Linux peer when its protocol state is replicated?',
  claim: {
    text: 'Replicating protocol state raises the throughput of a single connection by 15 to 300 percent on commodity hardware, depending on the type of communication, and most of the gain is possible with unmodified peers such as Linux.',
    source:
      'C. D. Sizemore, Parallel network protocol stacks using replication, PhD dissertation, University of New Mexico, 2011, abstract',
  },
  topology: 'tap',
  workload: {
    kind: 'bulk',
    direction: 'send',
    transferBytes: {
      checksum: 128 * 2 ** 20,
      cipher: 56 * 2 ** 20,
      linux: 256 * 2 ** 20,
    },
    // About two seconds for each process of a stack: until then the JIT compiler takes processor time.
    warmupBytes: {
      checksum: 512 * 2 ** 20,
      cipher: 160 * 2 ** 20,
      linux: 128 * 2 ** 20,
    },
  },
  cells: [
    { strategy: ['sequential'], payloadWork: ['checksum', 'cipher'] },
    { strategy: ['replicated'], replicas: upToCores(), payloadWork: ['checksum', 'cipher'] },
    // Frames are sent in order: this raises goodput where payload work is expensive, and lowers it where it is cheap.
    {
      strategy: ['replicated'],
      replicas: upToCores().slice(1),
      payloadWork: ['checksum', 'cipher'],
      emission: ['ordered'],
      chunk: [8],
    },
    // A packet socket on a veth pair instead of a TAP: the same frames, another way into the kernel.
    { strategy: ['sequential'], topology: ['veth-packet'], payloadWork: ['checksum'] },
    { strategy: ['replicated'], replicas: [1, 2], topology: ['veth-packet'], payloadWork: ['checksum'] },
    // The same with rings shared with the kernel: no system call for each frame. With `gso`, super-frames that the stack's
    // kernel cuts in software before they are on the wire, as it does with those of its own TCP.
    {
      strategy: ['sequential'],
      topology: ['veth-packet-ring'],
      payloadWork: ['checksum'],
      offload: ['off', 'gso'],
    },
    {
      strategy: ['replicated'],
      replicas: [1, 2],
      topology: ['veth-packet-ring'],
      payloadWork: ['checksum'],
      offload: ['off', 'gso'],
    },
    { strategy: ['linux'], topology: ['veth'], offload: ['off', 'on'] },
  ],
  behaviour: [
    { strategy: ['sequential'], payloadWork: ['checksum'] },
    { strategy: ['replicated'], replicas: [2], payloadWork: ['checksum'] },
  ],
  baselines: ['sequential', 'single-replica'],
  verdict: { kind: 'speedup-range', low: 1.15, high: 4, refutableFromCores: 3 },
  rounds: { full: 15, quick: 3 },
})
