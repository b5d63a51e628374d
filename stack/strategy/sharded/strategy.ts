/** The sharded strategy: N workers, each with the connections that hash to it (see `sharded.ts`). */

import { Random } from '../../device/random.ts'
import { Channel } from '../../dominoes/channel/channel.ts'
import { Mailbox } from '../../dominoes/channel/mailbox.ts'
import { OutboxWord, OutboxWriter, outboxRecord } from '../../dominoes/channel/outbox.ts'
import { Counters, readCounters } from '../../dominoes/memory/counters.ts'
import type { Region } from '../../dominoes/memory/region.ts'
import { Signal } from '../../dominoes/memory/signal.ts'
import { initialiseFramework } from '../../dominoes/replica/framework-layout.ts'
import { UpcallRecord } from '../../protocol/actions.ts'
import { resolveVerification } from '../factors.ts'
import { threadCountersAt } from '../layout/thread-counters.ts'
import { sumProtocolCounters } from '../parts/common-ends.ts'
import { openDomain, openFrameReader, openReassembler, wrapped } from '../parts/open-parts.ts'
import { isFrameStoredAt } from '../parts/slot-frame.ts'
import { ActionRunner } from '../perform/action-runner.ts'
import type { Strategy, StrategyThread, ThreadParts } from '../strategy.ts'
import { Preference } from './preference.ts'
import { ShardCounter } from './shard-counters.ts'
import { ShardPort, ShardUpcalls } from './shard-ends.ts'
import { initialiseShards, planShards, type ShardedLayout, type ShardLayout } from './shard-layout.ts'
import { ShardReader } from './shard-reader.ts'
import { Sharded } from './sharded.ts'
import { SlotPool } from './slot-pool.ts'
import { SlotQueue } from './slot-queue.ts'

export const shardedStrategy: Strategy = {
  plan: planShards,
  initialise: (region, layout, time) => {
    initialiseFramework(region, layout.framework, { time })
    initialiseShards(region, layout as ShardedLayout)
  },
  openThread,
  openEnds: (region, layout, wakeDevice) => {
    const sharded = layout as ShardedLayout
    const channel = new Channel(region, layout.framework.channel, layout.replicas)
    const port = new ShardPort(region, sharded, wakeDevice)
    const upcalls = new ShardUpcalls(region, sharded)
    return {
      application: {
        region,
        buffers: layout.streams,
        datagramBuffers: layout.datagramBuffers,
        mailbox: port,
        outbox: upcalls,
        wake: () => port.wake(),
        // A worker performs a request's actions before the application can see its upcalls.
        hasPassed: () => true,
      },
      upcallSignal: upcalls.filled,
      close: () => {
        channel.close()
        port.wakeAll()
      },
      protocolCounters: () => sumProtocolCounters(region, layout, layout.replicas),
      threadCounters: (thread) => ({
        ...readCounters(region, layout.framework.counters, thread),
        ...readCounters(region, sharded.shardCounters, thread, ShardCounter),
      }),
    }
  },
}

/** An outbox with connections named as the application sees them. Its reader sleeps on the first worker's signal. */
class ShardOutbox extends OutboxWriter {
  readonly #words: Int32Array
  readonly #shard: ShardLayout
  readonly #firstConnection: number
  readonly #filled: Signal

  constructor(region: Region, layout: ShardedLayout, worker: number) {
    const shard = layout.shards[worker] as ShardLayout
    super(region, shard.outbox)
    this.#words = region.words
    this.#shard = shard
    this.#firstConnection = worker * layout.connections
    this.#filled = new Signal(region, (layout.shards[0] as ShardLayout).outbox.baseWord + OutboxWord.filled)
  }

  override commit(number: number): void {
    const at = outboxRecord(this.#shard.outbox, number) + 1 + UpcallRecord.connection
    this.#words[at] = (this.#words[at] as number) + this.#firstConnection
    super.commit(number)
    this.#filled.notify()
  }
}

function openThread(parts: ThreadParts): StrategyThread {
  const { region, thread, clock, device, parameters } = parts
  const { words } = region
  const layout = parts.layout as ShardedLayout
  const { framework, shards, connections, streams } = layout
  const { slotsWord, slotBytes, slotCount } = framework.channel
  const shard = shards[thread] as ShardLayout
  const counters = new Counters(region, framework.counters, thread)
  const shardCounters = new Counters(region, layout.shardCounters, thread)
  const poolWord = slotsWord + thread * layout.slotsPerShard * (slotBytes / 4)
  const pool = new SlotPool(words, poolWord, layout.slotsPerShard, slotBytes / 4)
  const queue = new SlotQueue(slotCount)
  const random = new Random(parts.seed)
  const preference = new Preference(words, layout.preferenceWord)
  const news = shards.map(({ newsWord }) => new Signal(region, newsWord))
  // Of this worker's connections.
  const buffers = {
    ...streams,
    sendAt: streams.sendAt + thread * connections * streams.sendBytes,
    receiveAt: streams.receiveAt + thread * connections * streams.receiveBytes,
  }
  const domain = openDomain(parts, {
    config: {
      ...parameters.machine,
      connectionCount: connections,
      shard: { index: thread, count: shards.length },
    },
    buffers,
    outbox: new ShardOutbox(region, layout, thread),
    // Whoever reads a frame here looks at its addresses only.
    verification: resolveVerification(parameters.verification) === 'trusted' ? 'trusted' : 'claimed',
  })
  const performing = wrapped(parts, domain)
  return new Sharded({
    worker: thread,
    words,
    domain: performing,
    runner: new ActionRunner(performing, counters),
    reader: new ShardReader({
      region,
      worker: thread,
      // A worker's own connections alone have their payload read to its place: the reader's state is its own.
      reader: openFrameReader(parts, domain, buffers),
      // Requests are named by their slots: a slot says when it is done with.
      reassembler: openReassembler(parts, (slot, frameAt) => !isFrameStoredAt(words, slot, frameAt)),
      pool,
      handed: shards.map(({ handed }) => new Mailbox(region, handed)),
      news,
      random,
      secret: layout.secret,
      preference,
      countersAt: threadCountersAt(layout.countersWord, thread),
      counters: shardCounters,
      keep: (slot) => queue.put(slot),
    }),
    pool,
    queue,
    posted: new Mailbox(region, shard.posted),
    handed: new Mailbox(region, shard.handed),
    channel: new Channel(region, framework.channel, thread),
    device,
    clock,
    random,
    counters,
    shardCounters,
    news,
    room: new Signal(region, shard.roomWord),
    preference,
    awakeWords: shards.map(({ awakeWord }) => awakeWord),
  })
}
