import { once } from 'node:events'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { Random } from '../../device/random.ts'
import { Auditor } from '../audit/auditor.ts'
import { Channel } from '../channel/channel.ts'
import { OutboxReader } from '../channel/outbox.ts'
import { openRegion } from '../memory/region.ts'
import { Signal } from '../memory/signal.ts'
import { RecordWord } from '../testing/register-domain.ts'
import { expectedRecords } from '../testing/register-oracle.ts'
import {
  createWorld,
  openMembership,
  performOutcomes,
  type RegisterWorld,
} from '../testing/register-world.ts'
import type { ReplicaWorkerData } from '../testing/replica.worker.ts'
import type { Membership } from './membership.ts'
import { Order } from './membership-layout.ts'

const start = { index: -100, action: -50, time: 0 }

/** The threads of a world, coming and going, and its application, which reads slowly enough for that. */
class Crew {
  readonly world: RegisterWorld
  readonly membership: Membership
  readonly channel: Channel
  readonly auditor: Auditor
  readonly records: { register: number; value: number }[] = []
  readonly #workers = new Map<number, Worker>()
  readonly #outbox: OutboxReader
  readonly #words: Int32Array
  readonly #doorbell: Signal

  constructor(capacity: number, replicas: number, requests: number) {
    const world = createWorld(
      { replicas: capacity, slotCount: 32, outboxCount: 64, actionCapacity: 4 },
      start,
    )
    const region = openRegion(world.buffer)
    const { framework, generatorWord } = world.layout
    this.world = world
    this.membership = openMembership(world)
    this.channel = new Channel(region, framework.channel, capacity)
    this.auditor = new Auditor(region, framework.digests, framework.channel)
    this.#outbox = new OutboxReader(region, framework.outbox, this.channel.progress)
    this.#words = region.words
    this.#doorbell = new Signal(region, framework.doorbellWord)
    this.#words[generatorWord + 1] = requests
    for (let id = capacity - 1; id >= replicas; id--) this.channel.remove(id)
    for (let id = 0; id < replicas; id++) this.#start(id, false)
  }

  get size(): number {
    return this.#workers.size
  }

  async kill(id: number): Promise<void> {
    await (this.#workers.get(id) as Worker).terminate()
    await this.#exclude(id)
  }

  async remove(id: number): Promise<void> {
    const ended = once(this.#workers.get(id) as Worker, 'exit')
    while (!this.membership.tryOrder(id, Order.leave)) await setImmediate()
    await ended
    await this.#exclude(id)
  }

  async add(id: number): Promise<void> {
    this.membership.prepare(id)
    this.#start(id, true)
    while (!this.membership.tryAdmit(id)) {
      await this.#readOne()
      await setTimeout(1)
    }
  }

  /** Takes records until there are so many; a read may only come a little at a time. */
  async readUntil(count: number): Promise<void> {
    while (this.records.length < count) {
      const token = this.#outbox.filled.prepare()
      const at = this.#outbox.peek()
      if (at < 0) {
        this.auditor.audit()
        await this.#outbox.filled.waitAsync(token, Number.POSITIVE_INFINITY)
        continue
      }
      this.records.push({
        register: this.#words[at + RecordWord.register] as number,
        value: this.#words[at + RecordWord.value] as number,
      })
      this.#outbox.advance()
    }
  }

  async close(): Promise<void> {
    const ended = [...this.#workers.values()].map((worker) => once(worker, 'exit'))
    this.channel.close()
    this.#doorbell.notify()
    await Promise.all(ended)
  }

  async terminate(): Promise<void> {
    await Promise.all([...this.#workers.values()].map((worker) => worker.terminate()))
  }

  async #exclude(id: number): Promise<void> {
    this.#workers.delete(id)
    while (!this.membership.tryExclude(id)) {
      await this.#readOne()
      await setImmediate()
    }
  }

  /** The others may be waiting for the application to read; too fast, and all is done before anybody came. */
  async #readOne(): Promise<void> {
    await this.readUntil(this.records.length + (this.#outbox.peek() >= 0 ? 1 : 0))
  }

  #start(id: number, isNewcomer: boolean): void {
    const idle = { kind: 'park', parkMicros: 10_000 } as const
    const workerData: ReplicaWorkerData = {
      world: this.world,
      id,
      idle,
      stallMillis: 0,
      useOutbox: true,
      isNewcomer,
    }
    this.#workers.set(
      id,
      new Worker(new URL('../testing/replica.worker.ts', import.meta.url), { workerData }),
    )
  }
}

async function expectWhole(crew: Crew, requests: number, kills: number): Promise<void> {
  const expected = expectedRecords(requests)
  await crew.readUntil(expected.length)
  await crew.close()
  expect(crew.records).toEqual(expected)
  const { divergences, digestsCompared, missed, firstDivergence } = crew.auditor.finish()
  expect({ divergences, missed, firstDivergence }).toEqual({
    divergences: 0,
    missed: 0,
    firstDivergence: undefined,
  })
  expect(digestsCompared).toBeGreaterThan(requests / 16)
  const { 1: performedOnce = 0, 2: twice = 0, ...other } = performOutcomes(crew.world, expected.length)
  expect(other).toEqual({})
  expect(twice).toBeLessThanOrEqual(kills)
  expect(performedOnce + twice).toBe(expected.length)
}

it.each([1, 2, 3])(
  'threads are killed at random moments, come back, and nothing is lost (seed %i)',
  async (seed) => {
    const requests = 12_000
    const kills = 6
    const random = new Random(seed)
    const crew = new Crew(2, 2, requests)
    try {
      for (let k = 1; k <= kills; k++) {
        await crew.readUntil(k * 1000 + random.below(500))
        const id = random.below(2)
        await crew.kill(id)
        expect(crew.membership.living).toEqual([1 - id])
        // Reading goes on while the newcomer's thread starts.
        await Promise.all([crew.add(id), crew.readUntil(crew.records.length + 50)])
        expect(crew.membership.living).toEqual([0, 1])
      }
      await expectWhole(crew, requests, kills)
    } finally {
      await crew.terminate()
    }
  },
)

it('one replica becomes three under load, and one again', async () => {
  const requests = 12_000
  const crew = new Crew(3, 1, requests)
  try {
    await crew.readUntil(500)
    await Promise.all([crew.add(1), crew.readUntil(600)])
    await Promise.all([crew.add(2), crew.readUntil(700)])
    expect(crew.membership.living).toEqual([0, 1, 2])
    await crew.readUntil(2000)
    await Promise.all([crew.remove(0), crew.readUntil(2100)])
    await crew.readUntil(4000)
    await Promise.all([crew.add(0), crew.readUntil(4100)])
    await Promise.all([crew.remove(1), crew.readUntil(4200)])
    await Promise.all([crew.remove(2), crew.readUntil(4300)])
    expect(crew.membership.living).toEqual([0])
    expect(crew.size).toBe(1)
    await crew.readUntil(expectedRecords(requests).length - 1)
    await Promise.all([crew.add(1), crew.readUntil(expectedRecords(requests).length)])
    await expectWhole(crew, requests, 0)
  } finally {
    await crew.terminate()
  }
})
