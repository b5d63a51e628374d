/**
 * Measures what one request costs a thread at the channel, part by part, and prints each part beside its limit. Run
 * it with `node stack/meters/channel-parts.bench.ts`. The probes are those of `make calibrate`. Each repetition runs
 * in a new process, because the placement of threads and memory changes the costs more than anything within one
 * process does.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { ClaimBoard } from '../dominoes/claims/claim-board.ts'
import { RegionPlan } from '../dominoes/memory/region.ts'
import { initialiseFramework, planFramework } from '../dominoes/replica/framework-layout.ts'

const repetitions = 15
/**
 * The interval leaves out the three smallest and the three largest of 15: it holds the true median with 96 %
 * probability.
 */
const skipped = 3
/** Nanoseconds per request, at two replicas. */
const limits = { publishAndDequeue: 100, claim: 50 } as const
const probesFile = fileURLToPath(new URL('./run-probes.ts', import.meta.url))

type Sample = Readonly<Record<string, number>>

/** Every number that both threads answered, as `<probe>.<thread>.<name>`. */
async function probe(): Promise<Sample> {
  const child = spawn(process.execPath, [probesFile], { stdio: ['pipe', 'pipe', 'inherit'] })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    printed += chunk
  })
  child.stdin.end('channel\nclaims\n')
  const [exitCode] = await once(child, 'close')
  if (exitCode !== 0) throw new Error(`the probes ended with ${exitCode}`)
  const sample: Record<string, number> = {}
  for (const line of printed.trim().split('\n')) {
    const { probe: name, threads = [] } = JSON.parse(line) as { probe?: string; threads?: Sample[] }
    threads.forEach((answers, id) => {
      for (const [what, nanos] of Object.entries(answers)) sample[`${name}.${id}.${what}`] = nanos
    })
  }
  return sample
}

/** Nanoseconds per claim for a thread without rivals: no other thread claims these numbers. */
function claimAlone(): number {
  const plan = new RegionPlan()
  const layout = planFramework(plan, {
    replicas: 1,
    slotCount: 256,
    slotBytes: 2048,
    outboxCount: 2,
    mailboxes: [],
    claimCount: 8192,
    digestEntries: 2,
  })
  const region = plan.allocate()
  initialiseFramework(region, layout)
  const board = new ClaimBoard(region, layout.claims)
  const count = 1_000_000
  const start = performance.now()
  for (let number = 0; number < count; number++) board.claim(number)
  return ((performance.now() - start) * 1e6) / count
}

const samples: Sample[] = []
for (let k = 0; k < repetitions; k++) samples.push({ ...(await probe()), claimAlone: claimAlone() })

const cores = availableParallelism()
const where = `${cores} core${cores === 1 ? '' : 's'}`
const load = (loadavg()[0] as number).toFixed(1)
console.log(`Nanoseconds per request, on ${where} (load average ${load}):`)
console.log(`medians of ${repetitions} repetitions, with 95 % intervals.`)
console.log(row('', 'median', 'interval', 'at most', '', ''))

function print(name: string, nanosOf: (sample: Sample) => number, limit?: number): void {
  const sorted = samples.map(nanosOf).sort((a, b) => a - b)
  const [low, median, high] = [skipped, repetitions >> 1, repetitions - 1 - skipped].map(
    (rank) => sorted[rank] as number,
  ) as [number, number, number]
  const judged = limit === undefined ? '' : high <= limit ? 'met' : low > limit ? 'missed' : 'cannot tell'
  const interval = `${low.toFixed(1)} … ${high.toFixed(1)}`
  console.log(row(name, median.toFixed(1), interval, limit === undefined ? '' : String(limit), where, judged))
}

function row(name: string, median: string, interval: string, limit: string, on: string, judged: string) {
  const columns = [
    name.padEnd(44),
    median.padStart(7),
    interval.padStart(15),
    limit.padStart(8),
    on.padStart(9),
  ]
  return `${columns.join('')}  ${judged}`.trimEnd()
}

/** Throws if no probe answered `key`, so that a missing number is not read as a low cost. */
function part(sample: Sample, key: string): number {
  const nanos = sample[key]
  if (nanos === undefined) throw new Error(`no probe answered ${key}`)
  return nanos
}

const both = (sample: Sample, what: 'won' | 'lost') =>
  (part(sample, `claims.0.${what}`) + part(sample, `claims.1.${what}`)) / 2

print('one thread, publish', (sample) => part(sample, 'channel.0.publish'))
print('one thread, dequeue', (sample) => part(sample, 'channel.0.dequeue'))
print(
  'one thread, publish and dequeue',
  (sample) => part(sample, 'channel.0.publish') + part(sample, 'channel.0.dequeue'),
)
print('one thread, claim', (sample) => part(sample, 'claimAlone'))
print('two threads, publish', (sample) => part(sample, 'channel.0.publishShared'))
print('two threads, dequeue what the other published', (sample) => part(sample, 'channel.1.dequeueShared'))
print(
  'two threads, publish and dequeue',
  (sample) => part(sample, 'channel.0.publishShared') + part(sample, 'channel.1.dequeueShared'),
  limits.publishAndDequeue,
)
print('two threads, claim that is won', (sample) => both(sample, 'won'))
print('two threads, claim that is lost', (sample) => both(sample, 'lost'))
print(
  'two threads, claim, half of them won',
  (sample) => (both(sample, 'won') + both(sample, 'lost')) / 2,
  limits.claim,
)
