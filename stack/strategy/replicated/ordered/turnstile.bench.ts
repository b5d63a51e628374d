/**
 * What ordered emission costs by the number of buffers a thread has: `node
 * stack/strategy/replicated/ordered/turnstile.bench.ts`. The real turnstile, threads in virtual time that do
 * nothing but claim the next frame, build and transmit it. Prints throughput as a share of what the same
 * threads reach if nobody waits for anybody.
 */
import { RegionPlan } from '../../../dominoes/memory/region.ts'
import { planSignal, Signal } from '../../../dominoes/memory/signal.ts'
import { OrderedTransmitter } from './ordered-transmitter.ts'
import { planTurnstile } from './turnstile.ts'

const frames = 40_000
/** Time to write a frame to the device, where 1 is the mean time to build one. */
const writeTime = 0.05
const capabilities = { frameBytes: 1514, virtioHeader: false, checksumOffload: false }

let seed = 12_345
function uniform(): number {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
  return seed / 2 ** 32
}

const exponential = () => -Math.log(1 - uniform())

/** The mean of eleven: a coefficient of variation of 0.3. */
function narrow(): number {
  let sum = 0
  for (let k = 0; k < 11; k++) sum += exponential()
  return sum / 11
}

const buildTimes: Readonly<Record<string, () => number>> = {
  exponential,
  'cv 0.3': narrow,
  'cv 0.3, a stall of 100 in 1000': () => narrow() + (uniform() < 0.001 ? 100 : 0),
  'cv 0.3, a stall of 400 in 4000': () => narrow() + (uniform() < 0.000_25 ? 400 : 0),
}

interface BenchThread {
  readonly transmitter: OrderedTransmitter
  clock: number
  frame: number
  isBuilt: boolean
  isWaiting: boolean
}

function openThreads(count: number, bufferCount: number): BenchThread[] {
  const plan = new RegionPlan()
  const layout = planTurnstile(plan, 2048)
  const signalAt = planSignal(plan)
  const countersAt = plan.reserve(count * 128) / 4
  const region = plan.allocate()
  const moved = new Signal(region, signalAt)
  return Array.from({ length: count }, (_, thread) => {
    const write = () => {
      opened.clock += writeTime
      return true
    }
    const device = { capabilities, write, read: () => 0, wait() {}, wake() {}, close() {} }
    const buffers = { buffersAt: 0, bufferCount, bufferBytes: 1 }
    const counters = countersAt + thread * 32
    const transmitter = new OrderedTransmitter({
      region,
      layout,
      device,
      ...buffers,
      countersAt: counters,
      moved,
    })
    const opened: BenchThread = { transmitter, clock: 0, frame: -1, isBuilt: false, isWaiting: false }
    return opened
  })
}

function earliest(threads: readonly BenchThread[]): BenchThread {
  const ready = threads.filter(({ isWaiting }) => !isWaiting)
  return ready.reduce((first, each) => (each.clock < first.clock ? each : first))
}

function shareOfUnordered(count: number, bufferCount: number, buildTime: () => number): number {
  const threads = openThreads(count, bufferCount)
  let claimed = 0
  let work = 0
  while (claimed < frames) {
    const thread = earliest(threads)
    if (thread.frame < 0) thread.frame = claimed++
    if (thread.isBuilt) {
      thread.transmitter.transmit(1, 1)
      thread.frame = -1
      thread.isBuilt = false
      for (const each of threads.filter(({ isWaiting }) => isWaiting)) {
        each.isWaiting = false
        each.clock = Math.max(each.clock, thread.clock)
      }
    } else if (thread.transmitter.bufferFor(thread.frame, false, false) < 0) {
      thread.isWaiting = true
    } else {
      const time = buildTime()
      work += time
      thread.clock += time
      thread.isBuilt = true
    }
  }
  const unordered = Math.min(count / (work / frames + writeTime), 1 / writeTime)
  return frames / Math.max(...threads.map(({ clock }) => clock)) / unordered
}

const bufferCounts = [1, 2, 4, 8, 16, 128, 512]
console.log(`${'building times, threads'.padEnd(44)}${bufferCounts.map((n) => `${n}`.padStart(6)).join('')}`)
for (const [name, buildTime] of Object.entries(buildTimes)) {
  for (const count of [2, 4, 8]) {
    const shares = bufferCounts.map((bufferCount) => shareOfUnordered(count, bufferCount, buildTime))
    const shown = shares.map((share) => `${(share * 100).toFixed(0)} %`.padStart(6)).join('')
    console.log(`${`${name}, ${count}`.padEnd(44)}${shown}`)
  }
}
