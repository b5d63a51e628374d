/** The file that `make new` writes: an experiment that runs as it is, with what may be changed beside each line. Pure. */

export function experimentTemplate(id: string): string {
  return `/** What this experiment sends where, in a sentence. */
import { defineExperiment, upToCores } from '../harness/matrix/define.ts'

// Every field is explained in experiments/README.md. A mistake is reported with this file, the field and the remedy,
// before anything runs.
export const experiment = defineExperiment({
  // The name of this file.
  id: '${id}',
  // For headings: a few words.
  title: '${titleOf(id)}',
  question: 'How much faster does one connection send when its protocol state is replicated?',
  // What was published about it, in your own words, and where.
  claim: {
    text: 'Replication raises the throughput of one connection.',
    source: 'Where it says so',
  },
  // A file of topologies/: where the cells run whose set lists no topology of its own.
  topology: 'tap',
  // A folder of harness/workload/: what every sample does. Amounts are for one to five seconds.
  workload: {
    kind: 'bulk',
    direction: 'send',
    transferBytes: { checksum: 512 * 2 ** 20 },
    // Before the first sample of a stack: until then the compiler takes a share of the processors.
    warmupBytes: { checksum: 512 * 2 ** 20 },
  },
  // Sets of cells: each stands for every combination of the values that it lists. Factors are in
  // harness/matrix/factors/; one that nothing would read is refused. upToCores() is 1, 2 … the cores of this machine;
  // with a list of your own, such as [2], remove its import.
  cells: [
    { strategy: ['sequential'], payloadWork: ['checksum'] },
    { strategy: ['replicated'], replicas: upToCores(), payloadWork: ['checksum'] },
  ],
  // Up to four cells of which one exchange more is shown segment by segment.
  // behaviour: [{ strategy: ['sequential'], payloadWork: ['checksum'] }],
  // What each cell is compared with, round by round. 'single-replica' needs the cells with one replica.
  baselines: ['sequential', 'single-replica'],
  // How the numbers become a verdict: here, a speed-up over the sequential stack from 15 % to 300 %. On a machine of
  // fewer cores than this the claim cannot be refuted, since replicas and peer share them.
  verdict: { kind: 'speedup-range', low: 1.15, high: 4, refutableFromCores: 3 },
  // How often each cell is sampled at most: a full run ends after seven rounds or more, once all ratios are certain.
  rounds: { full: 9, quick: 3 },
})
`
}

/** 'my-question' → 'My question' */
function titleOf(id: string): string {
  const words = id.replaceAll('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
