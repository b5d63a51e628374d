/** One thread of `channel.bench.ts`. */
import { workerData } from 'node:worker_threads'
import { Channel } from '../channel/channel.ts'
import { ClaimBoard } from '../claims/claim-board.ts'
import { ActionQueue } from '../contract/action-queue.ts'
import type { Domain, Source } from '../contract/domain.ts'
import { noDeadline } from '../contract/domain.ts'
import { SlotWord } from '../contract/slot.ts'
import { openRegion, type Region } from '../memory/region.ts'
import { Signal } from '../memory/signal.ts'
import type { FrameworkLayout } from '../replica/framework-layout.ts'
import { createIdle, type IdleOptions } from '../replica/idle.ts'
import { openReplica } from '../replica/open-replica.ts'
import { runReplica } from '../replica/run-replica.ts'

export interface BenchWorkerData {
  readonly what: 'loop' | 'claim' | 'turn'
  readonly id: number
  readonly threads: number
  readonly buffer: SharedArrayBuffer
  readonly layout: FrameworkLayout
  /** Word offset of: threads ready, things done, then one start and one end time in microseconds a thread. */
  readonly sharedWord: number
  readonly count: number
  readonly idle: IdleOptions
  readonly withCheck: boolean
  readonly actions: number
  readonly pollBatch: number
}

const data = workerData as BenchWorkerData
const { id, threads, count, sharedWord } = data
const region = openRegion(data.buffer)
const { words } = region
const ready = sharedWord
const done = sharedWord + 32

/** A domain with nothing to do: what remains is the framework's own cost. */
class EmptyDomain implements Domain {
  readonly actions = new ActionQueue(16)
  readonly #words: Int32Array
  #number = 0
  #sum = 0

  constructor({ words }: Region) {
    this.#words = words
  }

  needsCheck(): boolean {
    return data.withCheck
  }

  check(): number {
    return 1
  }

  apply(slot: number): void {
    this.#sum = (this.#sum + (this.#words[slot + SlotWord.kind] as number)) | 0
    for (let k = 0; k < data.actions; k++) {
      this.actions.push(1, this.#number)
      this.#number = (this.#number + 1) | 0
    }
  }

  hasMore(): boolean {
    return false
  }

  resume(): void {}

  perform(): boolean {
    return true
  }

  copyState(): void {}

  microsUntilDeadline(): number {
    return noDeadline
  }

  digest(): number {
    return this.#sum
  }
}

const bodies: Record<BenchWorkerData['what'], () => void> = {
  loop() {
    const channel = new Channel(region, data.layout.channel, id)
    const source: Source = {
      poll() {
        const left = count - (words[done] as number)
        const free = Math.min(channel.freeSlots(data.pollBatch), data.pollBatch, left)
        if (left === 0) channel.close()
        if (free === 0) return 0
        for (let k = 0; k < free; k++) words[channel.slotAhead(k) + SlotWord.kind] = 1
        channel.publish(free)
        words[done] = (words[done] as number) + free
        return free
      },
      wait() {},
    }
    const replica = openReplica(region, data.layout, {
      id,
      channel,
      source,
      domain: new EmptyDomain(region),
      nowMicros: () => 0,
    })
    runReplica(replica, createIdle(data.idle, replica))
  },

  claim() {
    const board = new ClaimBoard(region, data.layout.claims)
    for (let number = 0; number < count; number++) board.claim(number)
  },

  turn() {
    const signal = new Signal(region, data.layout.doorbellWord)
    for (;;) {
      const token = signal.prepare()
      const turn = Atomics.load(words, done)
      if (turn >= count) return
      if (turn % threads !== id) {
        signal.wait(token, Number.POSITIVE_INFINITY)
        continue
      }
      Atomics.store(words, done, turn + 1)
      signal.notify()
    }
  },
}

Atomics.add(words, ready, 1)
while (Atomics.load(words, ready) < threads);
const start = performance.timeOrigin + performance.now()
bodies[data.what]()
const end = performance.timeOrigin + performance.now()
const times = new Float64Array(data.buffer, (sharedWord + 64 + id * 4) * 4, 2)
times[0] = start
times[1] = end
