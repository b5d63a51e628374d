/**
 * Small measurements of what cannot be told apart in a whole transfer, on one or two threads: shared memory, payload
 * work by size, locks, waking, and what else takes the processor. Each probe is run by both threads together; a thread
 * that has no part in it answers nothing. Times are nanoseconds unless a name says otherwise.
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
/** Long enough to outlast the first milliseconds, in which two threads that were woken at once may share a processor. */
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

/** Nanoseconds a piece; of several batches the middle one. */
function moved(work: Work, { workAt, id }: ProbeTask, bytes: number, count: number, times = batches): number {
  const from = workAt + id * 2 ** 20
  const to = from + 2 ** 19
  const taken = Array.from({ length: times }, () => {
    const start = performance.now()
    // Through a ring of 256 KiB: what is read is not in the first cache, as in a transfer.
    for (let k = 0; k < count; k++) work.copyOut(from + ((k * 1456) & 0x3fff8), to, bytes, k * bytes, 0)
    return nanosSince(start) / count
  })
  return middle(taken)
}

/** By size. */
function payloadCosts(region: Region, task: ProbeTask, kind: PayloadWorkKind): Record<string, number> {
  const work = createPayloadWork(kind, region)
  const count = kind === 'cipher' ? 40 : 1000
  return Object.fromEntries(payloadSizes.map((bytes) => [`bytes${bytes}`, moved(work, task, bytes, count)]))
}

// ── the channel ─────────────────────────────────────────────────────────────

/**
 * Thread 0 publishes, thread 1 takes what the other wrote; then both halves on thread 0 alone. The threads take turns,
 * so that what is measured is the work and the transfer of lines, not waiting.
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

/** Thread 0 claims numbers, then thread 1 asks for them; entries move from one to the other. */
function claimCosts(region: Region, task: ProbeTask, turns: Turns): Record<string, number> {
  const board = new ClaimBoard(region, task.layout.claims)
  const times: readonly [number[], number[]] = [[], []]
  // The board remembers the last number: every run goes on where the last one ended.
  const first = Atomics.load(region.words, turns.flagWord)
  for (let round = 0; round < rounds; round++) {
    for (const id of [0, 1] as const) {
      // Whoever won last loses next, so that both costs are those of lines that come from elsewhere.
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

/** Thread 0 writes lines that thread 1 then reads, each saying where the next is, and thread 1 reads them again. */
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
 * Looks at the clock for some milliseconds: gaps in between are time that somebody else had. What the scheduler counts as
 * this thread's own all the same (`ranMillis`) was taken by interrupts, or by another guest of the host.
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
