/** One thread of `runModel`: a replica, or the sequential loop. */
import { parentPort, workerData } from 'node:worker_threads'
import { Channel } from '../channel/channel.ts'
import type { Source } from '../contract/domain.ts'
import { SlotWord } from '../contract/slot.ts'
import { openRegion } from '../memory/region.ts'
import type { FrameworkLayout } from '../replica/framework-layout.ts'
import { createIdle } from '../replica/idle.ts'
import { openReplica } from '../replica/open-replica.ts'
import { runReplica } from '../replica/run-replica.ts'
import { type ModelCosts, ModelDomain } from './model-domain.ts'
import { nowMicros, nowNanos, SampledTime } from './sampled-time.ts'

export interface ModelThreadData {
  readonly buffer: SharedArrayBuffer
  readonly layout: FrameworkLayout
  /** Byte offset of a byte for each request. */
  readonly performedAt: number
  readonly id: number
  readonly isSequential: boolean
  readonly costs: ModelCosts
  readonly requests: number
  readonly warmupRequests: number
}

/** What a thread says when it is done; times in microseconds of the system's clock. */
export interface ModelThreadResult {
  /** When it applied the first request after the warm-up (0: another thread did), and when all was done. */
  readonly startedMicros: number
  readonly endedMicros: number
  /** To apply a request without a lock, under one from the asking to the release, and to perform its action. */
  readonly stateNanos: number | null
  readonly sectionNanos: number | null
  readonly payloadNanos: number | null
}

/** Most requests published at once. */
const batch = 16
/** One in so many is timed: often enough for the compiler to care. */
const timedEvery = 7

const data = workerData as ModelThreadData
const { id, requests, warmupRequests } = data
const region = openRegion(data.buffer)
const { words } = region
const channel = new Channel(region, data.layout.channel, id)
const isAlone = data.layout.channel.replicas === 1
const performed = new Uint8Array(data.buffer, data.performedAt, requests)
const stateTime = new SampledTime()
const payloadTime = new SampledTime()
let startedMicros = 0

class TimedModelDomain extends ModelDomain {
  #applied = 0
  #performed = 0

  override apply(slot: number): void {
    if (this.#applied === warmupRequests) start()
    const startedNanos = this.#applied++ % timedEvery === 0 ? nowNanos() : 0
    super.apply(slot)
    if (startedNanos > 0) stateTime.add(startedNanos, nowNanos())
  }

  override perform(action: number): boolean {
    const startedNanos = this.#performed++ % timedEvery === 0 ? nowNanos() : 0
    const isDone = super.perform(action)
    if (startedNanos > 0) payloadTime.add(startedNanos, nowNanos())
    return isDone
  }
}

/** Also forgets what was timed before the compiler was done. */
function start(): void {
  startedMicros = nowMicros()
  stateTime.clear()
  payloadTime.clear()
}

const domain = new TimedModelDomain(region, performed, data.costs)
if (data.isSequential) runSequential()
else runReplicated()
parentPort?.postMessage({
  startedMicros,
  endedMicros: nowMicros(),
  stateNanos: stateTime.nanos,
  sectionNanos: null,
  payloadNanos: payloadTime.nanos,
} satisfies ModelThreadResult)

function runReplicated(): void {
  // How many were published is the channel's tail: whoever polls next knows.
  const source: Source = {
    poll() {
      const published = channel.tail
      if (published === requests) channel.close()
      const count = Math.min(channel.freeSlots(batch), batch, requests - published)
      for (let k = 0; k < count; k++) fill(channel.slotAhead(k), published + k)
      if (count > 0) channel.publish(count)
      return count
    },
    wait() {},
  }
  const parts = { id, domain, source, channel, nowMicros: () => 0 }
  const replica = openReplica(region, data.layout, isAlone ? { ...parts, witness: openWitness() } : parts)
  runReplica(replica, createIdle({ kind: 'backoff', spins: 2000, yields: 0 }, replica))
}

/** One replica has no other to be compared with. */
function openWitness() {
  const second = new ModelDomain(region, performed, data.costs)
  return { domain: second, state: second.state }
}

/** The same requests without a channel: apply, perform, next. */
function runSequential(): void {
  const slot = channel.slotOf(0)
  for (let index = 0; index < requests; index++) {
    fill(slot, index)
    domain.apply(slot)
    domain.perform(0)
    domain.actions.clear()
  }
}

function fill(slot: number, index: number): void {
  words[slot + SlotWord.kind] = 1
  words[slot + SlotWord.random] = Math.imul(index + 1, 0x9e3779b1)
}
