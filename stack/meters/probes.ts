/**
 * Small measurements of costs that a whole transfer cannot separate: shared memory, payload work by size, locks,
 * waking, and interruptions. They need one thread or two. Both threads run each probe together; a thread without a
 * part in it answers an empty object. Times are nanoseconds unless a name says otherwise.
 */
import { Channel } from '../dominoes/channel/channel.ts'
import { ClaimBoard } from '../dominoes/claims/claim-board.ts'
import type { Region } from '../dominoes/memory/region.ts'
import { createPayloadWork, type PayloadWorkKind } from '../payload/payload-work.ts'
import type { Probe, ProbeTask } from './probe-task.ts'
import { middle, nanosSince, type Turns, turnsOf } from './turns.ts'
import { wakeProbes } from './wake-probes.ts'

export const payloadSizes = [64, 256, 512, 1024, 1448] as const
const requests = 512
const rounds = 60
const batches = 9
/** Enough to outlast the first milliseconds, in which two threads that were woken at once may share a processor. */
const batchesTogether = 45

export function createProbes(region: Region, task: ProbeTask): Record<string, Probe> {
  const turns = turnsOf(region, task)
  const kinds: readonly PayloadWorkKind[] = ['copy', 'checksum', 'cipher']
  const works = kinds.map((kind) => createPayloadWork(kind, region))
  const payload = Object.fromEntries(
    works.flatMap((work) => [
      [`payload-${work.kind}`, () => (task.id === 0 ? payloadCosts(region, task, work.kind) : {})],
      [
        `together-${work.kind}`,
        () => {
          const count = work.kind === 'cipher' ? 60 : 2000
          return turns.together(() => ({ nanos: moved(work, task, 1448, count, batchesTogether) }))
        },
      ],
    ]),
  ) as Record<string, Probe>
  return {
    ...payload,
    channel: () => channelCosts(region, task, turns),
    claims: () => claimCosts(region, task, turns),
    lines: () => lineCosts(region, task, turns),
    'lock-alone': () => (task.id === 0 ? { nanos: lockCost(region, task, 20_000) } : {}),
    'lock-contended': () => turns.together(() => ({ nanos: lockCost(region, task, 20_000) })),
    stalls: () => turns.together(() => spin(60)),
    ...wakeProbes(region, task, turns),
  }
}

// ── payload work ────────────────────────────────────────────────────────────

type Work = ReturnType<typeof createPayloadWork>

/** Nanoseconds of payload work for one piece of `bytes` bytes: the median of `times` batches. */
function moved(work: Work, { workAt, id }: ProbeTask, bytes: number, count: number, times = batches): number {
  const from = workAt + id * 2 ** 20
  const to = from + 2 ** 19
  const taken = Array.from({ length: times }, () => {
    const start = performance.now()
    // Reads through a ring of 256 KiB: the bytes are not in the first-level cache, as in a transfer.
    for (let k = 0; k < count; k++) work.copyOut(from + ((k * 1456) & 0x3fff8), to, bytes, k * bytes, 0)
    return nanosSince(start) / count
  })
  return middle(taken)
}

/** Nanoseconds a piece, by payload size. */
function payloadCosts(region: Region, task: ProbeTask, kind: PayloadWorkKind): Record<string, number> {
  const work = createPayloadWork(kind, region)
  const count = kind === 'cipher' ? 40 : 1000
  return Object.fromEntries(payloadSizes.map((bytes) => [`bytes${bytes}`, moved(work, task, bytes, count)]))
}

// ── the channel ─────────────────────────────────────────────────────────────

/**
 * Thread 0 publishes and thread 1 dequeues; then thread 0 does both alone. The threads take turns, so that times
 * contain the work and the transfer of cache lines, but no waiting.
 */
function channelCosts(region: Region, task: ProbeTask, turns: Turns): Record<string, number> {
  const channel = new Channel(region, task.layout.channel, task.id)
  const times: Record<'publish' | 'dequeue' | 'publishAlone' | 'dequeueAlone', number[]> = {
    publish: [],
    dequeue: [],
    publishAlone: [],
    dequeueAlone: [],
  }
  for (let round = 0; round < rounds; round++) {
    turns.inTurn(0, () => times.publish.push(publishAll(channel)))
    turns.inTurn(1, () => times.dequeue.push(dequeueAll(channel, 1)))
    turns.inTurn(0, () => dequeueAll(channel, 0))
  }
  if (task.id === 1) return { dequeueShared: middle(times.dequeue) }
  for (let round = 0; round < rounds; round++) {
    times.publishAlone.push(publishAll(channel))
    times.dequeueAlone.push(dequeueAll(channel, 0))
    channel.setPosition(1, channel.tail)
  }
  return {
    publishShared: middle(times.publish),
    publish: middle(times.publishAlone),
    dequeue: middle(times.dequeueAlone),
  }
}

function publishAll(channel: Channel): number {
  const start = performance.now()
  channel.tryAcquireProducer()
  for (let k = 0; k < requests; k += 4) {
    channel.freeSlots(4)
    channel.publish(4)
  }
  channel.releaseProducer()
  return nanosSince(start) / requests
}

function dequeueAll(channel: Channel, replica: number): number {
  const start = performance.now()
  let index = channel.positionOf(replica)
  for (; index !== channel.tail; index = (index + 1) | 0) {
    const slot = channel.slotOf(index)
    if (!channel.holds(slot, index)) throw new Error('a slot was overwritten')
    channel.verdictOf(slot)
    if ((index & 15) === 15) channel.setPosition(replica, index)
  }
  channel.setPosition(replica, index)
  return nanosSince(start) / requests
}

/**
 * One thread claims numbers, then the other claims the same numbers and loses. The board's entries move from one
 * thread to the other.
 */
function claimCosts(region: Region, task: ProbeTask, turns: Turns): Record<string, number> {
  const board = new ClaimBoard(region, task.layout.claims)
  const times: readonly [number[], number[]] = [[], []]
  // The board remembers what was claimed, so each run continues after the last number of the run before.
  const first = Atomics.load(region.words, turns.flagWord)
  for (let round = 0; round < rounds; round++) {
    for (const id of [0, 1] as const) {
      // The winner of a round loses the next one, so that both costs include cache lines that come from the other
      // thread.
      turns.inTurn(round % 2 === 0 ? id : 1 - id, () => {
        const start = performance.now()
        for (let k = 0; k < requests; k++) board.claim((first + round * requests + k) | 0)
        times[id].push(nanosSince(start) / requests)
      })
    }
  }
  turns.inTurn(0, () => {
    Atomics.store(region.words, turns.flagWord, (first + rounds * requests) | 0)
  })
  return { won: middle(times[0]), lost: middle(times[1]) }
}

/**
 * Nanoseconds to fetch a cache line that another thread wrote. Thread 0 writes lines, each naming the next. Thread 1
 * follows them twice: the first walk fetches the lines from thread 0, the second finds them in its own cache.
 */
function lineCosts({ words }: Region, task: ProbeTask, turns: Turns): Record<string, number> {
  const first = task.workAt / 4
  const count = 2048
  const wordsPerLine = 16
  const foreign: number[] = []
  const own: number[] = []
  const read = () => {
    const start = performance.now()
    let at = 0
    for (let k = 0; k < count; k++) at = words[first + at * wordsPerLine] as number
    if (at !== 0) throw new Error('the chain does not close')
    return nanosSince(start) / count
  }
  for (let round = 0; round < rounds; round++) {
    turns.inTurn(0, () => {
      // A full cycle in an order that no prefetcher follows.
      for (let k = 0; k < count; k++) words[first + k * wordsPerLine] = (k * 765 + 769) & (count - 1)
    })
    turns.inTurn(1, () => {
      foreign.push(read())
      own.push(read())
    })
  }
  return task.id === 1 ? { line: Math.max(0, middle(foreign) - middle(own)) } : {}
}

// ── locks and stalls ────────────────────────────────────────────────────────

/** Takes a spin lock, adds one to a shared word, gives it back. */
function lockCost({ words }: Region, task: ProbeTask, count: number): number {
  const lock = task.turnWord + 64
  const times = Array.from({ length: batches }, () => {
    const start = performance.now()
    for (let k = 0; k < count; k++) {
      while (Atomics.load(words, lock) !== 0 || Atomics.compareExchange(words, lock, 0, 1) !== 0);
      words[lock + 1] = ((words[lock + 1] as number) + 1) | 0
      Atomics.store(words, lock, 0)
    }
    return nanosSince(start) / count
  })
  return middle(times)
}

const gapMicros = 15

/**
 * Reads the clock in a loop for `millis` milliseconds. A gap between two readings is time in which something else
 * ran. If the scheduler still counts that time as this thread's (`ranMillis`), interrupts or another guest of the
 * host took it.
 */
function spin(millis: number): Record<string, number> {
  const found: Record<string, number> = {}
  const before = process.threadCpuUsage()
  const start = performance.now()
  let last = start
  let gaps = 0
  while (last - start < millis) {
    const now = performance.now()
    const gap = (now - last) * 1000
    if (gap > gapMicros && gaps < 1000) found[`gap${gaps++}`] = gap
    last = now
  }
  const { user, system } = process.threadCpuUsage(before)
  return { ...found, millis: last - start, ranMillis: (user + system) / 1000 }
}
