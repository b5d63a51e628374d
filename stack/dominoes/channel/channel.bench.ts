/**
 * What the framework’s whole loop costs, with a domain that does nothing: `node
 * stack/dominoes/channel/channel.bench.ts`; its parts are in `meters/channel-parts.bench.ts`. Nanoseconds per
 * request on the wall clock, median of a few repetitions; parks per round trip.
 */

import { hashWords } from '../contract/digest.ts'
import { RegionPlan } from '../memory/region.ts'
import { initialiseFramework, planFramework } from '../replica/framework-layout.ts'
import type { BenchWorkerData } from '../testing/bench.worker.ts'
import { runWorkers } from '../testing/workers.ts'
import { Channel } from './channel.ts'

const repetitions = 5
const defaults = {
  what: 'loop',
  count: 1_000_000,
  idle: { kind: 'backoff' },
  withCheck: false,
  actions: 0,
  pollBatch: 16,
} satisfies Partial<BenchWorkerData>

function plan(replicas: number, claimCount = 1024) {
  const regionPlan = new RegionPlan()
  const layout = planFramework(regionPlan, {
    replicas,
    slotCount: 256,
    slotBytes: 2048,
    outboxCount: 2,
    mailboxes: [],
    claimCount,
    digestEntries: 2,
  })
  const sharedWord = regionPlan.reserve(1024) / 4
  const region = regionPlan.allocate()
  initialiseFramework(region, layout)
  return { region, layout, sharedWord }
}

/** Nanoseconds from the first thread's start to the last one's end, per thing done. */
async function onThreads(threads: number, options: Partial<BenchWorkerData>): Promise<number> {
  const settings = { ...defaults, ...options }
  const { region, layout, sharedWord } = plan(threads)
  const datas = Array.from(
    { length: threads },
    (_, id): BenchWorkerData => ({ ...settings, id, threads, buffer: region.buffer, layout, sharedWord }),
  )
  await runWorkers('./bench.worker.ts', datas)
  const times = datas.map(({ id }) => new Float64Array(region.buffer, (sharedWord + 64 + id * 4) * 4, 2))
  const start = Math.min(...times.map(([first]) => first as number))
  const end = Math.max(...times.map(([, last]) => last as number))
  return ((end - start) * 1e6) / settings.count
}

function onThisThread(count: number, body: () => void): number {
  const start = performance.now()
  body()
  return ((performance.now() - start) * 1e6) / count
}

async function report(name: string, measure: () => number | Promise<number>): Promise<void> {
  const samples: number[] = []
  for (let k = 0; k < repetitions; k++) samples.push(await measure())
  samples.sort((a, b) => a - b)
  const shown = [samples[repetitions >> 1], samples[0], samples[repetitions - 1]]
  const [median, low, high] = shown.map((value) => (value as number).toFixed(1).padStart(9))
  console.log(`${name.padEnd(52)}${median}${low}${high}`)
}

console.log(`${'ns per'.padEnd(52)}${['median', 'lowest', 'highest'].map((x) => x.padStart(9)).join('')}`)

for (const batch of [1, 16]) {
  await report(`publish and dequeue, one thread, batches of ${batch}`, () => {
    const { region, layout } = plan(1)
    const channel = new Channel(region, layout.channel, 0)
    return onThisThread(2_000_000, () => {
      for (let done = 0; done < 2_000_000; done += batch) {
        channel.tryAcquireProducer()
        channel.freeSlots(batch)
        channel.publish(batch)
        channel.releaseProducer()
        const { tail } = channel
        for (let k = batch; k > 0; k--) channel.holds(channel.slotOf(tail - k), tail - k)
        channel.setPosition(0, tail)
      }
    })
  })
}
for (const threads of [1, 2]) {
  const name = (rest: string) => `replica loop, replicas: ${threads}, ${rest}`
  await report(name('batches of 1'), () => onThreads(threads, { pollBatch: 1, count: 300_000 }))
  await report(name('batches of 16'), () => onThreads(threads, {}))
  await report(name('16, a check each'), () => onThreads(threads, { withCheck: true }))
  await report(name('16, a check and an action'), () => onThreads(threads, { withCheck: true, actions: 1 }))
  await report(name('16, eight actions each'), () => onThreads(threads, { actions: 8, count: 200_000 }))
  await report(name('16, idle park'), () => onThreads(threads, { idle: { kind: 'park' }, count: 200_000 }))
}
await report('claim, two threads at all numbers', () => onThreads(2, { what: 'claim', count: 2_000_000 }))
await report('hand-over by park and unpark, two threads', () => onThreads(2, { what: 'turn', count: 10_000 }))
await report('digest, a word', () => {
  const words = new Int32Array(16_384)
  return onThisThread(16_384 * 200, () => {
    for (let k = 0; k < 200; k++) words[k] = hashWords(words, 0, words.length)
  })
})
