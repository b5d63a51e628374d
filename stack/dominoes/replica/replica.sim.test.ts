import { describe, expect, it } from 'vitest'
import { Random } from '../../device/random.ts'
import { Auditor } from '../audit/auditor.ts'
import type { MailboxLayout } from '../channel/mailbox.ts'
import { Mailbox } from '../channel/mailbox.ts'
import { OutboxReader } from '../channel/outbox.ts'
import { readCounters } from '../memory/counters.ts'
import { openRegion } from '../memory/region.ts'
import { RecordWord, RegisterRequest } from '../testing/register-domain.ts'
import { expectedRecords } from '../testing/register-oracle.ts'
import { createWorld, openWorld, performOutcomes } from '../testing/register-world.ts'

/** Everything wraps within the first requests: indices past 2^31 or 2^32, action numbers and time too. */
const starts = [
  { name: 'at 2^31', index: 0x7ffffff3, action: 0x7fffffe1, time: 0x7fffff00 },
  { name: 'at 2^32', index: -7, action: -21, time: -500 },
]

interface Run {
  readonly seed: number
  readonly replicas: number
  readonly start: { index: number; action: number; time: number }
  readonly requests: number
  /** Requests that the application posts, besides the generated ones. */
  readonly posts: number
  readonly corrupt?: { replica: number; afterRequests: number }
}

/** Interleaves rounds of the replicas, of the application and of the clock at random, until all is done. */
function simulate(run: Run) {
  const random = new Random(run.seed)
  const { replicas, start } = run
  const slotCount = 4 << random.below(3)
  const world = createWorld(
    { replicas, slotCount, claimCount: 8 << random.below(4), outboxCount: 8 << random.below(3) },
    start,
  )
  let now = start.time
  const opened = Array.from({ length: replicas }, (_, id) =>
    openWorld(world, {
      id,
      nowMicros: () => now,
      pollBatch: 1 + random.below(6),
      batch: 1 + random.below(4),
      queueCapacity: 1 + random.below(4),
      useOutbox: true,
    }),
  )
  const region = openRegion(world.buffer)
  const { framework, generatorWord } = world.layout
  region.words[generatorWord + 1] = run.requests
  const auditor = new Auditor(region, framework.digests, framework.channel)
  const { channel } = opened[0] as (typeof opened)[0]
  const mailbox = new Mailbox(region, framework.mailboxes[0] as MailboxLayout)
  const outbox = new OutboxReader(region, framework.outbox, channel.progress)
  const records: { register: number; value: number }[] = []
  let posted = 0
  let corrupted = false

  const post = () => {
    if (posted === run.posts) return
    const sent =
      random.below(4) === 0
        ? mailbox.tryPost(RegisterRequest.arm, random.below(300))
        : mailbox.tryPost(RegisterRequest.add, random.below(32), random.next(), random.below(7))
    if (sent) posted += 1
  }
  const read = () => {
    for (let limit = random.below(20); limit > 0; limit--) {
      const at = outbox.peek()
      if (at < 0) return
      expect(region.words[at + RecordWord.number]).toBe(outbox.next)
      records.push({
        register: region.words[at + RecordWord.register] as number,
        value: region.words[at + RecordWord.value] as number,
      })
      outbox.advance()
    }
  }
  const step = () => {
    const choice = random.below(replicas + 3)
    if (choice < replicas) {
      const one = opened[choice] as (typeof opened)[0]
      if (run.corrupt && !corrupted && choice === run.corrupt.replica) {
        if (((one.replica.position - start.index) | 0) >= run.corrupt.afterRequests) {
          one.domain.state[10] = ~(one.domain.state[10] as number)
          corrupted = true
        }
      }
      one.replica.doWork()
    } else if (choice === replicas) post()
    else if (choice === replicas + 1) read()
    else now = (now + random.below(100)) | 0
    if (random.below(8) === 0) auditor.audit()
  }

  const quiet = () =>
    posted === run.posts &&
    mailbox.size === 0 &&
    region.words[generatorWord] === run.requests &&
    opened.every(({ replica, channel }) => replica.position === channel.tail)
  for (let steps = 0; !quiet(); steps++) {
    if (steps > 1_000_000) throw new Error(`seed ${run.seed}: no progress`)
    step()
  }
  channel.close()
  while (!opened.every(({ replica }) => replica.isFinished)) step()
  for (const { replica } of opened) replica.recordFinalDigest()
  for (let k = 0; k < 1000; k++) read()
  const counters = opened.map((_, id) => readCounters(region, framework.counters, id))
  return { world, opened, records, audit: auditor.finish(), counters, start }
}

describe.each(starts)('replicas on one thread, in random turns, $name', (start) => {
  const runs = [1, 2, 3, 4].flatMap((replicas) =>
    Array.from({ length: 25 }, (_, k) => ({ replicas, seed: replicas * 1000 + k })),
  )

  it.each(runs)('$replicas replicas agree with one domain alone (seed $seed)', ({ replicas, seed }) => {
    const run = simulate({ seed, replicas, start, requests: 200, posts: 0 })
    expect(run.records).toEqual(expectedRecords(200))
    expect(performOutcomes(run.world, run.records.length)).toEqual({ 1: run.records.length })
    expect(run.audit).toMatchObject({ divergences: 0, missed: 0 })
    // Every fourth index and the final one, for each replica but the first.
    expect(run.audit.digestsCompared).toBeGreaterThanOrEqual((replicas - 1) * 50)
    const total = (name: 'checked' | 'performed' | 'applied' | 'published') =>
      run.counters.reduce((sum, each) => sum + each[name], 0)
    const requests = total('published')
    expect(requests).toBeGreaterThanOrEqual(200)
    expect(total('applied')).toBe(requests * replicas)
    expect(total('checked')).toBe(133)
    expect(total('performed')).toBe(run.records.length)
  })

  it.each(runs)('$replicas replicas agree with each other (seed $seed)', ({ replicas, seed }) => {
    const run = simulate({ seed, replicas, start, requests: 60, posts: 60 })
    expect(run.audit).toMatchObject({ divergences: 0, missed: 0 })
    expect(performOutcomes(run.world, run.records.length)).toEqual({ 1: run.records.length })
    for (const { domain, replica } of run.opened) {
      expect(domain.digest()).toBe(run.opened[0]?.domain.digest())
      expect(replica.position).toBe(run.opened[0]?.replica.position)
    }
  })
})

describe('timers', () => {
  it('fire by a tick that an idle replica publishes once the deadline has come', () => {
    let now = -3
    const world = createWorld({ replicas: 1 }, { time: now })
    const { replica, domain, channel } = openWorld(world, {
      id: 0,
      nowMicros: () => now,
      pollBatch: 8,
      batch: 8,
      queueCapacity: 8,
      useOutbox: false,
    })
    const mailbox = new Mailbox(
      openRegion(world.buffer),
      world.layout.framework.mailboxes[0] as MailboxLayout,
    )
    mailbox.tryPost(RegisterRequest.arm, 10)
    while (replica.doWork() > 0);
    expect(channel.tail).toBe(1)
    now = 6
    expect(replica.doWork()).toBe(0)
    now = 7
    while (replica.doWork() > 0);
    expect(channel.tail).toBe(2)
    expect(domain.firings).toBe(1)
  })
})

describe('a domain that diverges', () => {
  it.each([0, 1, 2])('is reported when it is replica %i of three', (replica) => {
    const corrupt = { replica, afterRequests: 90 }
    const run = simulate({
      seed: replica,
      replicas: 3,
      start: { index: -20, action: 0, time: 0 },
      requests: 200,
      posts: 0,
      corrupt,
    })
    expect(run.audit.divergences).toBeGreaterThan(0)
    const first = run.audit.firstDivergence
    expect(first === undefined ? undefined : [first.replica, first.reference]).toEqual(
      replica === 0 ? [1, 0] : [replica, 0],
    )
    expect(((first?.index ?? 0) - run.start.index) | 0).toBeGreaterThanOrEqual(90)
    expect(((first?.index ?? 0) - run.start.index) | 0).toBeLessThan(100)
  })
})
