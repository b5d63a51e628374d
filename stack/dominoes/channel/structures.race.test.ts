import { describe, expect, it } from 'vitest'
import { type Region, RegionPlan } from '../memory/region.ts'
import { type FrameworkLayout, initialiseFramework, planFramework } from '../replica/framework-layout.ts'
import type { StructureWorkerData } from '../testing/structures.worker.ts'
import { runWorkers, startWorkers } from '../testing/workers.ts'
import { Channel } from './channel.ts'
import { OutboxReader } from './outbox.ts'

/** Every wait on these threads is without limit: a lost wake-up hangs the test. */
const file = './structures.worker.ts'
const first = -1000

interface Bench {
  readonly region: Region
  readonly layout: FrameworkLayout
  readonly resultWord: number
  worker(
    kind: StructureWorkerData['kind'],
    id: number,
    resultWord: number,
    threads: number,
  ): StructureWorkerData
}

function plan(replicas: number, count: number, resultWords: number): Bench {
  const regionPlan = new RegionPlan()
  const layout = planFramework(regionPlan, {
    replicas,
    slotCount: 16,
    slotBytes: 512,
    outboxCount: 16,
    mailboxes: [8],
    claimCount: 128,
    digestEntries: 2,
  })
  const resultWord = regionPlan.reserve(resultWords * 4) / 4
  const readyWord = regionPlan.reserve(4) / 4
  const region = regionPlan.allocate()
  initialiseFramework(region, layout, { index: first, action: first, outbox: first })
  const worker: Bench['worker'] = (kind, id, at, threads) => ({
    kind,
    id,
    buffer: region.buffer,
    layout,
    count,
    first,
    resultWord: at,
    readyWord,
    threads,
  })
  return { region, layout, resultWord, worker }
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, k) => k)
}

describe('producer role', () => {
  it('is held by one of three threads at a time', async () => {
    const count = 100_000
    const { region, resultWord, worker } = plan(1, count, 32)
    await runWorkers(
      file,
      upTo(3).map((id) => worker('hold', id, resultWord, 3)),
    )
    expect(region.words[resultWord]).toBe(3 * count)
  })
})

describe('channel', () => {
  it.each([
    { producers: 1, consumers: 1 },
    { producers: 3, consumers: 1 },
    { producers: 1, consumers: 3 },
    { producers: 3, consumers: 2 },
  ])('shows $consumers consumers what $producers producers publish, in one order', async (threads) => {
    const { producers, consumers } = threads
    const count = 30_000
    const { region, resultWord, worker } = plan(consumers, count, 32 + count * consumers)
    const tables = upTo(consumers).map((id) => resultWord + 32 + id * count)
    await runWorkers(file, [
      ...upTo(producers).map((id) => worker('produce', consumers + id, resultWord, producers + consumers)),
      ...tables.map((table, id) => worker('consume', id, table, producers + consumers)),
    ])
    for (const table of tables) {
      expect(Array.from(region.words.subarray(table, table + count))).toEqual(upTo(count))
    }
  })
})

describe('claim board', () => {
  it.each([1, 2, 4])('gives every number to exactly one of %i threads', async (threads) => {
    const count = 300_000
    const { region, resultWord, worker } = plan(1, count, count)
    await runWorkers(
      file,
      upTo(threads).map((id) => worker('claim', id, resultWord, threads)),
    )
    const outcomes = new Map<number, number>()
    for (const times of region.words.subarray(resultWord, resultWord + count)) {
      outcomes.set(times, (outcomes.get(times) ?? 0) + 1)
    }
    expect([...outcomes]).toEqual([[1, count]])
  })
})

describe('outbox', () => {
  it.each([1, 2, 4])('keeps the order of numbers that %i threads put', async (threads) => {
    const count = 20_000
    const { region, layout, resultWord, worker } = plan(1, count, count)
    const { progress } = new Channel(region, layout.channel, 99)
    const reader = new OutboxReader(region, layout.outbox, progress)
    const run = startWorkers(
      file,
      upTo(threads).map((id) => worker('put', id, resultWord, threads)),
    )
    try {
      for (let k = 0; k < count; ) {
        const token = reader.filled.prepare()
        const record = reader.peek()
        if (record < 0) {
          await reader.filled.waitAsync(token, Number.POSITIVE_INFINITY)
          continue
        }
        const number = (first + k) | 0
        // The last is a plain store elsewhere, made before the commit.
        const seen = [0, 14].map((word) => region.words[record + word])
        if (seen[0] !== number || seen[1] !== ~number || region.words[resultWord + k] !== number) {
          expect([...seen, region.words[resultWord + k]]).toEqual([number, ~number, number])
        }
        reader.advance()
        k += 1
      }
      await run.done
      expect(reader.peek()).toBe(-1)
    } finally {
      await run.terminate()
    }
  })
})

describe('mailbox', () => {
  it('hands every record over once, in order', async () => {
    const count = 50_000
    const { region, resultWord, worker } = plan(1, count, count)
    await runWorkers(file, [worker('post', 1, resultWord, 2), worker('take', 0, resultWord, 2)])
    const taken = Array.from(region.words.subarray(resultWord, resultWord + count))
    expect(taken).toEqual(upTo(count).map((k) => ~k))
  })
})

describe('signal', () => {
  it('loses no wake-up between threads that take turns', async () => {
    const count = 5000
    const { region, resultWord, worker } = plan(1, count, 32)
    await runWorkers(file, [worker('turn', 0, resultWord, 2), worker('turn', 1, resultWord, 2)])
    expect(region.words[resultWord]).toBe(count)
  })

  it('loses no wake-up with more threads than cores at one signal', async () => {
    const count = 2000
    const { region, resultWord, worker } = plan(1, count, 32)
    await runWorkers(
      file,
      upTo(6).map((id) => worker('turn', id & 1, resultWord, 6)),
    )
    // Two threads of one parity may both see their turn and store the same number.
    expect(region.words[resultWord]).toBe(count)
  })
})
