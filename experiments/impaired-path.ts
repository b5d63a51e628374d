/** Bulk transfers, both ways, over a path that loses, delays, reorders and damages frames. */
import { defineExperiment } from '../harness/matrix/define.ts'

const direction: ('send' | 'receive')[] = ['send', 'receive']
const lossy = { lossProbability: 0.01, delayMicros: 5000 }
const impairment = [
  {},
  lossy,
  { delayMicros: 1000, jitterMicros: 500, reorderProbability: 0.02, reorderDelayMicros: 3000 },
  { delayMicros: 1000, corruptionProbability: 0.005, duplicationProbability: 0.01, rateBitsPerSecond: 100e6 },
]

export const experiment = defineExperiment({
  id: 'impaired-path',
  title: 'A path that loses, delays, reorders and damages',
  question:
    'Does every byte arrive over an impaired path, and is a replicated connection as quick there as a sequential one?',
  claim: {
    text: 'Replication changes who processes a connection, not how it behaves: over a path that limits a connection, replicas neither gain nor lose.',
    source:
      'A consequence of replication that this project tests; the dissertation’s abstract says that protocol behaviour was studied',
  },
  topology: 'tap',
  workload: {
    kind: 'bulk',
    direction: 'send',
    transferBytes: { checksum: 6 * 2 ** 20 },
    warmupBytes: { checksum: 4 * 2 ** 20 },
  },
  cells: [
    { strategy: ['sequential'], payloadWork: ['checksum'], direction, impairment },
    { strategy: ['replicated'], replicas: [2], payloadWork: ['checksum'], direction, impairment },
  ],
  behaviour: [
    { strategy: ['sequential'], payloadWork: ['checksum'], direction: ['send'], impairment: [lossy] },
    {
      strategy: ['replicated'],
      replicas: [2],
      payloadWork: ['checksum'],
      direction: ['send'],
      impairment: [lossy],
    },
  ],
  baselines: ['sequential'],
  // Neither slower nor faster by more than a tenth.
  verdict: { kind: 'speedup-range', low: 0.9, high: 1.1, refutableFromCores: 3 },
  rounds: { full: 9, quick: 3 },
})
