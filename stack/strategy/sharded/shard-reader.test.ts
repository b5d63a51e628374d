import { describe, expect, test } from 'vitest'
import { Mailbox, planMailbox } from '../../dominoes/channel/mailbox.ts'
import { SlotWord } from '../../dominoes/contract/slot.ts'
import { Counters, planCounters } from '../../dominoes/memory/counters.ts'
import { RegionPlan } from '../../dominoes/memory/region.ts'
import { planSignal, Signal } from '../../dominoes/memory/signal.ts'
import { MailWord } from '../../protocol/requests.ts'
import { shardOfTuple } from '../../protocol/state/tuple-hash.ts'
import { FlowWord, flowWords, readFlow } from '../../wire/flow.ts'
import { OptionBit, TcpFlag } from '../../wire/header.ts'
import { Bench, segment } from '../../wire/testing/frame-fixtures.ts'
import { slotBytesFor } from '../layout/slot-layout.ts'
import { planThreadCounters } from '../layout/thread-counters.ts'
import { FrameReader } from '../parts/reading/frame-reader.ts'
import { holdFrames } from '../parts/reading/testing/waiting-frames.ts'
import type { Reassembler } from '../parts/reassembly/reassembler.ts'
import { HostArgument, readingAt } from '../parts/slot-frame.ts'
import { Preference, planPreference, preferenceFrames } from './preference.ts'
import { ShardReader } from './shard-reader.ts'
import { giveBack, SlotPool } from './slot-pool.ts'

const workers = 2
const secret = [1, 2] as const
const frameBytes = 1514
const slotBytes = slotBytesFor(frameBytes)
const slotCount = 64
const payloadBytes = 100

function ownerOf(port: number): number {
  const bench = new Bench()
  const flow = new Int32Array(flowWords)
  readFlow(bench.bytes, bench.frameAt, write(bench, { port, place: 0 }), flow)
  const [remote, local] = [flow[FlowWord.remotePort] as number, flow[FlowWord.localPort] as number]
  return shardOfTuple(secret, flow, FlowWord.remoteAddress, remote, local, workers)
}

const portOf = (owner: number) =>
  Array.from({ length: 100 }, (_, k) => 1000 + k).find((port) => ownerOf(port) === owner) as number
/** Of a connection of the worker that reads, and of one of the other's. */
const [own, others] = [portOf(0), portOf(1)]

interface Sent {
  readonly port: number
  /** Segments before it in its stream; undefined: it has no payload, and acknowledges more than the one before it. */
  readonly place?: number
}

function write(bench: Bench, { port, place }: Sent, acknowledgment = 0): number {
  const record = segment({
    sourcePort: port,
    destinationPort: 4000,
    sequence: (place ?? 0) * payloadBytes,
    acknowledgment: place === undefined ? acknowledgment : 0,
    flags: TcpFlag.ack,
    options: OptionBit.timestamps,
  })
  return bench.tcp(record, place === undefined ? 0 : payloadBytes)
}

function frameOf(sent: Sent | 'arp', index: number): Uint8Array {
  const bench = new Bench()
  const length = sent === 'arp' ? bench.arp() : write(bench, sent, index)
  return bench.bytes.slice(bench.frameAt, bench.frameAt + length)
}

/** What worker 0 makes of frames that wait in the device: the requests that each worker has then. */
function read(sent: readonly (Sent | 'arp')[], coalesces = true) {
  const plan = new RegionPlan()
  const slotsAt = plan.reserve(slotCount * slotBytes)
  const mailboxes = Array.from({ length: workers }, () => planMailbox(plan, slotCount))
  const news = Array.from({ length: workers }, () => planSignal(plan))
  const preferenceWord = planPreference(plan)
  const counters = planCounters(plan, 1)
  const countersAt = planThreadCounters(plan, 1)
  const region = plan.allocate()
  const { words, bytes } = region
  const handed = mailboxes.map((layout) => new Mailbox(region, layout))
  const preference = new Preference(words, preferenceWord)
  const pool = new SlotPool(words, slotsAt / 4, slotCount, slotBytes / 4)
  const kept: number[] = []
  const capabilities = { frameBytes, virtioHeader: false, checksumOffload: false }
  const device = holdFrames(bytes, sent.map(frameOf), capabilities)
  const reader = new ShardReader({
    region,
    worker: 0,
    reader: new FrameReader({ region, device, slotBytes, scatters: true, coalesces }),
    reassembler: { sweep: () => {} } as unknown as Reassembler,
    pool,
    handed,
    news: news.map((word) => new Signal(region, word)),
    random: { next: () => 7 },
    secret,
    preference,
    countersAt,
    counters: new Counters(region, counters, 0),
    keep: (slot) => kept.push(slot),
  })
  const describeSlot = (slot: number) => ({
    length: words[slot + SlotWord.length] as number,
    segments: 1 + (words[slot + HostArgument.merged] as number),
    isFollowed: words[slot + HostArgument.isFollowed] === 1,
    frame: bytes.slice(readingAt(slot), readingAt(slot) + (words[slot + SlotWord.length] as number)),
  })
  const requests = {
    own: [] as ReturnType<typeof describeSlot>[],
    others: [] as ReturnType<typeof describeSlot>[],
  }
  let frames = 0
  for (let count = reader.read(1, true); count > 0; count = reader.read(1, true)) {
    frames += count
    for (const slot of kept.splice(0)) {
      requests.own.push(describeSlot(slot))
      pool.give(slot)
    }
    const mailbox = handed[1] as Mailbox
    for (let record = mailbox.peek(); record >= 0; record = mailbox.peek()) {
      const slot = words[record + MailWord.kind] as number
      requests.others.push(describeSlot(slot))
      mailbox.advance()
      giveBack(words, slot)
    }
  }
  return { frames, ...requests, preference }
}

const inRow = (port: number, count: number, first = 0) =>
  Array.from({ length: count }, (_, k): Sent => ({ port, place: first + k }))

describe('a reader that reads for all', () => {
  test('gives every frame to the owner of its connection, each time in order', () => {
    const sent = [
      { port: own, place: 0 },
      { port: others, place: 0 },
      { port: own, place: 5 },
      { port: others, place: 5 },
    ]
    const { own: kept, others: given, frames } = read(sent)
    expect(frames).toBe(4)
    expect(kept.map(({ frame }) => frame)).toEqual([frameOf(sent[0] as Sent, 0), frameOf(sent[2] as Sent, 2)])
    expect(given.map(({ frame }) => frame)).toEqual([
      frameOf(sent[1] as Sent, 1),
      frameOf(sent[3] as Sent, 3),
    ])
  })

  test.each([
    ['its own', own, 'own'],
    ['another’s', others, 'others'],
  ] as const)('merges segments in a row of %s connection', (_, port, owner) => {
    const { frames, preference, ...requests } = read(inRow(port, 5))
    expect(frames).toBe(5)
    expect(requests[owner].map(({ segments }) => segments)).toEqual([5])
    expect(requests[owner === 'own' ? 'others' : 'own']).toEqual([])
  })

  test('merges no segments of different connections', () => {
    const sent = [...inRow(own, 2), ...inRow(others, 3), ...inRow(own, 2, 2)]
    const { own: kept, others: given } = read(sent)
    expect(kept.map(({ segments }) => segments)).toEqual([2, 2])
    expect(given.map(({ segments }) => segments)).toEqual([3])
  })

  test('says which request the next one follows, where a burst is full', () => {
    const { others: given } = read(inRow(others, 12))
    expect(given.map(({ segments, isFollowed }) => [segments, isFollowed])).toEqual([
      [8, true],
      [4, false],
    ])
  })

  test('merges nothing where that is switched off', () => {
    const { others: given } = read(inRow(others, 5), false)
    expect(given.map(({ segments, isFollowed }) => [segments, isFollowed])).toEqual(Array(5).fill([1, false]))
  })

  test('keeps of acknowledgments in a row the last, also for another', () => {
    const { frames, others: given } = read([{ port: others }, { port: others }, { port: others }])
    expect(frames).toBe(3)
    expect(given.map(({ frame }) => frame)).toEqual([frameOf({ port: others }, 2)])
  })

  test('gives ARP to everybody', () => {
    const { own: kept, others: given } = read([{ port: own, place: 0 }, 'arp', { port: own, place: 1 }])
    const arp = frameOf('arp', 0)
    expect(kept.map(({ length }) => length)).toEqual([166, arp.length, 166])
    expect(given.map(({ frame }) => frame)).toEqual([arp])
  })

  test('prefers a worker after as many frames, however they were merged', () => {
    const enough = inRow(others, preferenceFrames)
    expect(read(enough).preference.worker).toBe(1)
    expect(read(enough.slice(1)).preference.worker).toBe(-1)
  })
})
