/**
 * The demonstration: the same load on 1, 2 and 4 replicas, in turn, three times over; every reply compared
 * with a model. Run it: `node stack/dominoes/example/key-value/demo.ts`
 */
import { availableParallelism } from 'node:os'
import { type Measured, measure } from './measure.ts'

const replicaCounts = [1, 2, 4]
const rounds = 3
const clients = 2
const depth = 32

const runs = new Map<number, Measured[]>(replicaCounts.map((replicas) => [replicas, []]))
console.log(
  `${clients} clients, ${depth} requests outstanding each, 3 of 4 of them reads, values of 4 kB; ` +
    `${availableParallelism()} cores here, for clients and replicas together`,
)
for (let round = 0; round < rounds; round++) {
  for (const replicas of replicaCounts) {
    const measured = await measure({
      replicas,
      clients,
      depth,
      warmupMillis: 700,
      measuredMillis: 1000,
      seed: round + 1,
    })
    runs.get(replicas)?.push(measured)
  }
}

const alone = median((runs.get(1) ?? []).map((run) => run.requestsPerSecond))
console.log(
  'replicas  requests/s  (least-most)         against 1  cpu us/request  replies by each  digests compared  diverged',
)
for (const [replicas, measured] of runs) {
  const rates = measured.map((run) => run.requestsPerSecond)
  const compared = measured.reduce((before, { audit }) => before + audit.digestsCompared, 0)
  const diverged = measured.reduce((before, { audit }) => before + audit.divergences, 0)
  const shares = (measured[0]?.shares ?? []).map((share) => `${Math.round(share * 100)}%`)
  const cells = [
    String(replicas).padStart(8),
    thousands(median(rates)).padStart(10),
    `(${thousands(Math.min(...rates))}-${thousands(Math.max(...rates))})`.padEnd(19),
    `${(median(rates) / alone).toFixed(2)}x`.padStart(9),
    median(measured.map((run) => run.cpuMicrosPerRequest))
      .toFixed(1)
      .padStart(14),
    shares.join(' ').padEnd(15),
    String(compared).padStart(16),
    String(diverged).padStart(8),
  ]
  console.log(cells.join('  '))
}
const all = [...runs.values()].flat()
const total = (field: (run: Measured) => number) => all.reduce((before, run) => before + field(run), 0)
console.log(
  `${thousands(total((run) => run.requests))} replies verified, ${total((run) => run.wrong.length)} wrong; ` +
    `${total((run) => run.expiries)} keys expired`,
)
for (const { wrong, audit } of all) {
  for (const complaint of wrong) console.log(`  ${complaint}`)
  if (wrong.length > 0 || audit.divergences > 0 || audit.missed > 0) process.exitCode = 1
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[sorted.length >> 1] ?? 0
}

function thousands(value: number): string {
  return Math.round(value).toLocaleString('en')
}
