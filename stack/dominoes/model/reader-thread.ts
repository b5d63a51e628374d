/** One thread of `runChannel`: a reader, which publishes too whenever it finds nothing and the producer role is free. */
import { parentPort, workerData } from 'node:worker_threads'
import { Channel } from '../channel/channel.ts'
import { ClaimBoard } from '../claims/claim-board.ts'
import type { ClaimPolicy } from '../claims/claim-policy.ts'
import type { Source } from '../contract/domain.ts'
import { SlotWord } from '../contract/slot.ts'
import { openRegion } from '../memory/region.ts'
import type { FrameworkLayout } from '../replica/framework-layout.ts'
import { createIdle, type IdleOptions } from '../replica/idle.ts'
import { openReplica } from '../replica/open-replica.ts'
import { NumberedDomain } from './numbered-domain.ts'
import { nowMicros, nowNanos, SampledTime } from './sampled-time.ts'

export interface ReaderThreadData {
  readonly buffer: SharedArrayBuffer
  readonly layout: FrameworkLayout
  /** Byte offset of this reader's table: a byte for each request. */
  readonly wonAt: number
  readonly id: number
  readonly idle: IdleOptions['kind']
  /** Most requests published at once. */
  readonly batch: number
  readonly requests: number
  readonly warmupRequests: number
}

/** What a thread says when it is done: times in microseconds of the system's clock, costs in nanoseconds. */
export interface ReaderThreadResult {
  /** When it applied the first request after the warm-up, and when all was done. */
  readonly startedMicros: number
  readonly endedMicros: number
  readonly inOrder: number
  /** For a request, while this thread published or dequeued; for one claim. Null if it never did. */
  readonly publishNanos: number | null
  readonly dequeueNanos: number | null
  readonly claimNanos: number | null
}

/** One in so many polls, rounds and claims is timed; odd, since polls and rounds that dequeue may take turns. */
const timedEvery = 31

const data = workerData as ReaderThreadData
const { id, requests, warmupRequests, batch } = data
const region = openRegion(data.buffer)
const { words } = region
const channel = new Channel(region, data.layout.channel, id)
const won = new Uint8Array(data.buffer, data.wonAt, requests)
const publishing = new SampledTime()
const dequeuing = new SampledTime()
const claiming = new SampledTime()
let startedMicros = 0

class TimedDomain extends NumberedDomain {
  override apply(slot: number): void {
    if (this.state[0] === warmupRequests) start()
    super.apply(slot)
  }
}

/** Also forgets what was timed before the compiler was done. */
function start(): void {
  startedMicros = nowMicros()
  for (const sampled of [publishing, dequeuing, claiming]) sampled.clear()
}

let polls = 0

const source: Source = {
  /** How many were published is the channel's tail: whoever polls next knows. */
  poll() {
    const published = channel.tail
    if (published === requests) channel.close()
    const count = Math.min(channel.freeSlots(batch), batch, requests - published)
    if (count <= 0) return 0
    const startedNanos = polls++ % timedEvery === 0 ? nowNanos() : 0
    for (let k = 0; k < count; k++) fill(channel.slotAhead(k), published + k)
    channel.publish(count)
    if (startedNanos > 0) publishing.add(startedNanos, nowNanos(), count)
    return count
  },
  wait() {},
}

function fill(slot: number, number: number): void {
  words[slot + SlotWord.kind] = 1
  words[slot + SlotWord.arguments] = number
}

const board = new ClaimBoard(region, data.layout.claims)

const claims: ClaimPolicy = {
  claim(number) {
    if (number % timedEvery !== 0) return board.claim(number)
    const startedNanos = nowNanos()
    const isOurs = board.claim(number)
    claiming.add(startedNanos, nowNanos())
    return isOurs
  },
}

const domain = new TimedDomain(region, won)
const parts = { id, domain, source, channel, claims, nowMicros: () => 0 }
/** One reader has no other to be compared with. */
const replica = openReplica(
  region,
  data.layout,
  data.layout.channel.replicas === 1 ? { ...parts, witness: openWitness() } : parts,
)

function openWitness() {
  const second = new NumberedDomain(region, won)
  return { domain: second, state: second.state }
}

const idle = createIdle({ kind: data.idle }, replica)
let rounds = 0
while (!replica.isFinished) {
  // A round that finds requests does not publish any.
  const position = replica.position
  const startedNanos = rounds++ % timedEvery === 0 ? nowNanos() : 0
  const work = replica.doWork()
  const dequeued = (replica.position - position) | 0
  if (startedNanos > 0 && dequeued > 0) dequeuing.add(startedNanos, nowNanos(), dequeued)
  idle.idle(work)
}
replica.recordFinalDigest()
parentPort?.postMessage({
  startedMicros,
  endedMicros: nowMicros(),
  inOrder: domain.inOrder,
  publishNanos: publishing.nanos,
  dequeueNanos: dequeuing.nanos,
  claimNanos: claiming.nanos,
} satisfies ReaderThreadResult)
