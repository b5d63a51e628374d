/**
 * `make soak`: rough transfers by the hundred thousand, on all processors. What is drawn: frames that are lost, late, doubled or
 * corrupted, threads that are late, devices that cut super-frames and merge what arrives together, path MTUs that change
 * (`protocol/testing/rough-arbitrary.ts`). Prints its progress every few seconds. A failure is shrunk and printed as a record for `roughTransfer` or `simulateRough`, with the command that runs it
 * again.
 *
 *   SEED=<n>        of everything; a new one each time otherwise, and printed
 *   COUNT=<n>       transfers between whole hosts, and as many between bare machines; 100,000
 *   CASE=<name>     one case only;  with RUN_PATH=<path> from a failure: that run only
 */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { hostCases, machineCase, type SoakCase, soakCases } from './soak-cases.ts'
import type { Chunk, ChunkOutcome } from './soak-worker.ts'

const runsPerChunk = { machine: 500, hosts: 40 }
const progressMillis = 5_000
/** The longest run takes a second. Shrinking begins many runs, so it does not look stuck. */
const stuckMillis = 60_000
const failureLimit = 5

const { SEED, COUNT, CASE, RUN_PATH } = process.env
const baseSeed = SEED === undefined ? Date.now() & 0x3fffffff : Number(SEED)
const count = Number(COUNT ?? 100_000)

const print = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

function planChunks(): Chunk[] {
  const chosen = soakCases.filter(({ name }) => CASE === undefined || name === CASE)
  if (chosen.length === 0) throw new Error(`CASE is one of ${soakCases.map(({ name }) => name).join(', ')}`)
  if (RUN_PATH !== undefined) {
    return chosen.map(({ name }) => ({ caseName: name, seed: baseSeed, runs: 1, path: RUN_PATH }))
  }
  const hosts = chosen.filter((each) => each !== machineCase).length
  const perCase = ({ name }: SoakCase, of: number): Chunk[] => {
    const isMachine = name === machineCase.name
    const runs = isMachine ? runsPerChunk.machine : runsPerChunk.hosts
    const total = isMachine ? count : Math.ceil(count / Math.min(hosts, hostCases.length))
    return Array.from({ length: Math.ceil(total / runs) }, (_, index) => ({
      caseName: name,
      seed: (baseSeed + index * soakCases.length + of) | 0,
      runs: Math.min(runs, total - index * runs),
    }))
  }
  // Takes one chunk of each case in turn, so that every case has had its share whenever the soak is ended.
  const lists = chosen.map(perCase)
  const longest = Math.max(...lists.map(({ length }) => length))
  return Array.from({ length: longest }, (_, index) =>
    lists.flatMap((list) => list.slice(index, index + 1)),
  ).flat()
}

const chunks = planChunks()
const total = chunks.reduce((sum, { runs }) => sum + runs, 0)
const startedAt = performance.now()
let next = 0
let done = 0
let failures = 0

function reportFailure({ caseName, seed }: Chunk, message: string, path: string, scenario?: object): void {
  failures += 1
  print(`FAILED ${caseName}: ${message}`)
  if (scenario !== undefined) print(`  record: ${JSON.stringify(scenario)}`)
  print(`  again:  make soak CASE=${caseName} SEED=${seed} RUN_PATH=${path}`)
}

/** One processor's share; resolves when nothing is left for it. */
function runThread(): Promise<void> {
  return new Promise((resolve, reject) => {
    const begun = new Int32Array(new SharedArrayBuffer(4))
    const worker = new Worker(new URL('./soak-worker.ts', import.meta.url), { workerData: begun.buffer })
    let chunk: Chunk | undefined
    let seen = -1
    let seenAt = performance.now()
    const watch = setInterval(() => {
      const now = Atomics.load(begun, 0)
      if (now !== seen) {
        seen = now
        seenAt = performance.now()
      } else if (chunk !== undefined && performance.now() - seenAt > stuckMillis) {
        reportFailure(chunk, `run ${now - 1} has not ended within a minute`, `${now - 1}`)
        end()
        runThread().then(resolve, reject)
      }
    }, 1_000)
    const end = (): void => {
      clearInterval(watch)
      void worker.terminate()
    }
    const hand = (): void => {
      chunk = failures < failureLimit ? chunks[next++] : undefined
      seen = -1
      seenAt = performance.now()
      if (chunk !== undefined) {
        worker.postMessage(chunk)
        return
      }
      end()
      resolve()
    }
    worker.on('error', reject)
    worker.on('message', ({ failure }: ChunkOutcome) => {
      const { runs } = chunk as Chunk
      done += runs
      if (failure !== undefined)
        reportFailure(chunk as Chunk, failure.message, failure.path, failure.scenario)
      hand()
    })
    hand()
  })
}

function progress(): string {
  const seconds = (performance.now() - startedAt) / 1000
  const rate = done / seconds
  const left = rate > 0 ? Math.ceil((total - done) / rate / 60) : 0
  const number = (value: number): string => value.toLocaleString('en-US')
  return `soak: ${number(done)} of ${number(total)} transfers, ${rate.toFixed(0)}/s, ${failures} failed, about ${left} min left`
}

const threads = RUN_PATH === undefined ? availableParallelism() : 1
print(`soak: ${total} transfers, SEED=${baseSeed}, ${threads} threads`)
const ticker = setInterval(() => print(progress()), progressMillis)
await Promise.all(Array.from({ length: threads }, runThread))
clearInterval(ticker)
const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1)
print(`soak: ${done} transfers in ${minutes} min, ${failures} failed`)
process.exitCode = failures > 0 ? 1 : 0
