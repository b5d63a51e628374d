/** Bulk transfer between two stacks of ours, each sequential or replicated, and to Linux over the same kind of wire. */
import { defineExperiment } from '../harness/matrix/define.ts'

const payloadWork: ('checksum' | 'cipher')[] = ['checksum']
const between = { topology: ['tap-pair'], peer: ['sequential', 'replicated-2'], payloadWork }
/** The link `tap-bridge`, so that frames to Linux cross a bridge as they do between the two stacks. */
const toLinux = { topology: ['tap-bridge'], peer: ['linux'], payloadWork }

export const experiment = defineExperiment({
  id: 'tcp-both',
  title: 'Replicas at both ends',
  question:
    'What does a replicated sender gain when the other end is a stack of the same kind, sequential or replicated, and what when it is an unmodified Linux?',
  claim: {
    text: 'Most of the gains of replication are possible with unmodified peers such as Linux: it takes no replicas at the other end.',
    source:
      'C. D. Sizemore, Parallel network protocol stacks using replication, PhD dissertation, University of New Mexico, 2011, abstract',
  },
  topology: 'tap-pair',
  workload: {
    kind: 'bulk',
    direction: 'send',
    transferBytes: { checksum: 96 * 2 ** 20 },
    warmupBytes: { checksum: 256 * 2 ** 20 },
  },
  cells: [
    { strategy: ['sequential'], ...between },
    { strategy: ['replicated'], replicas: [2], ...between },
    { strategy: ['sequential'], ...toLinux },
    { strategy: ['replicated'], replicas: [2], ...toLinux },
  ],
  baselines: ['sequential'],
  verdict: { kind: 'speedup-range', low: 1.15, high: 4, refutableFromCores: 3 },
  rounds: { full: 11, quick: 3 },
})
