/**
 * One bulk transfer on virtual cores: a stack of any strategy, its application, the peer and the peer's program, as
 * threads that share a number of processors. Everything but time is real: the strategy's loops, channel, claims, the
 * protocol machine at both ends, the frames between them.
 */

import { Random } from '../../device/random.ts'
import type { Domain } from '../../dominoes/contract/domain.ts'
import { openRegion, type Region } from '../../dominoes/memory/region.ts'
import type { PayloadWorkKind } from '../../payload/payload-work.ts'
import { Endpoint } from '../../socket/endpoint.ts'
import type { StackLayout } from '../../strategy/layout/stack-layout.ts'
import type { StackParameters, StrategyOption } from '../../strategy/options.ts'
import { strategyOf } from '../../strategy/strategies.ts'
import type { Strategy } from '../../strategy/strategy.ts'
import { mapIpv4 } from '../../wire/address.ts'
import { peerAddress, peerParameters, port, stackParameters } from './bulk-parameters.ts'
import { CoreThread, spinsWhereShared } from './core-thread.ts'
import type { DrawnCosts } from './costs.ts'
import { NetworkPrices } from './prices.ts'
import { Processors } from './processors.ts'
import { Sleepers } from './sleepers.ts'
import { ChannelTimes, TimedChannel } from './timed-channel.ts'
import { SpendingDomain, TimedClaims, TimedDomain } from './timed-domain.ts'
import { LockTimes, TimedLock } from './timed-lock.ts'
import { VirtualApplication } from './virtual-application.ts'
import { VirtualPeer } from './virtual-peer.ts'
import { VirtualTap } from './virtual-tap.ts'
import { VirtualThread } from './virtual-thread.ts'

export interface BulkOptions {
  readonly costs: DrawnCosts
  readonly strategy: StrategyOption
  readonly payloadWork: PayloadWorkKind
  /** Processors that all threads share. */
  readonly cores: number
  readonly seed: number
  /** Payload bytes before and within the measurement. */
  readonly warmupBytes: number
  readonly measuredBytes: number
}

export interface BulkOutcome {
  readonly bytes: number
  readonly nanos: number
  /** Processor time by thread, within the measurement, in nanoseconds. */
  readonly usedNanos: Readonly<Record<string, number>>
  readonly retransmits: number
  /** Segments that the stack refused by their timestamp: 0 is expected, because a TAP does not reorder. */
  readonly refusedAsOld: number
  readonly divergences: number
}

export class BulkWorld {
  readonly #options: BulkOptions
  readonly #parameters: StackParameters
  readonly #strategy: Strategy
  readonly #layout: StackLayout
  readonly #region: Region
  readonly #tap: VirtualTap
  readonly #times = new ChannelTimes()
  readonly #lockTimes = new LockTimes()
  readonly #sleepers: Sleepers
  readonly #processors: Processors
  readonly #spins: number
  #received = 0
  #receivedAt = 0

  constructor(options: BulkOptions) {
    const { costs, seed, cores } = options
    this.#options = options
    this.#parameters = stackParameters(options.strategy)
    this.#strategy = strategyOf(this.#parameters)
    this.#layout = this.#strategy.plan(this.#parameters)
    this.#region = openRegion(new SharedArrayBuffer(this.#layout.sizeBytes))
    this.#strategy.initialise(this.#region, this.#layout, 0)
    this.#tap = new VirtualTap(this.#parameters.machine.mtuBytes)
    const newThread = (name: string, k: number) => new VirtualThread(name, costs, new Random(seed * 1000 + k))
    const stackThreads = Array.from({ length: this.#layout.replicas }, (_, k) => newThread(`stack ${k}`, k))
    const application = newThread('application', 900)
    const sink = newThread('sink', 901)
    const threads = [...stackThreads, application, sink]
    this.#processors = new Processors(cores, threads)
    this.#spins = cores < threads.length ? spinsWhereShared : Number.POSITIVE_INFINITY
    this.#sleepers = new Sleepers(this.#processors, this.#times, this.#tap, costs)
    for (const [k, thread] of stackThreads.entries()) thread.body = this.#openStackThread(k, thread)
    application.body = this.#openApplication()
    sink.body = new VirtualPeer({
      parameters: peerParameters(),
      tap: this.#tap,
      port,
      sinkByteNanos:
        options.payloadWork === 'cipher' ? costs.nanos.sinkLongByteNanos : costs.nanos.sinkByteNanos,
      nowNanos: () => this.#processors.nowNanos,
      wakeSink: () => this.#sleepers.wake(sink),
      onReceived: (bytes) => {
        this.#received = bytes
        this.#receivedAt = this.#processors.nowNanos
      },
    })
  }

  /** Runs the transfer. Throws if it comes to a standstill. */
  run(): BulkOutcome {
    const { warmupBytes, measuredBytes } = this.#options
    this.#runUntil(warmupBytes)
    const start = { bytes: this.#received, at: this.#receivedAt, used: this.#processors.usedNanos() }
    this.#runUntil(warmupBytes + measuredBytes)
    const used = this.#processors.usedNanos()
    const ends = this.#strategy.openEnds(this.#region, this.#layout, () => {})
    const protocol = ends.protocolCounters()
    ends.audits?.audit()
    return {
      bytes: this.#received - start.bytes,
      nanos: this.#receivedAt - start.at,
      usedNanos: Object.fromEntries(
        Object.entries(used).map(([name, nanos]) => [name, nanos - (start.used[name] ?? 0)]),
      ),
      retransmits: protocol.retransmits ?? 0,
      refusedAsOld: protocol.pawsRejected ?? 0,
      divergences: ends.audits?.report().divergences ?? 0,
    }
  }

  /** What one of the stack's threads counted, by name. */
  counters(thread: number): Record<string, number> {
    return this.#strategy.openEnds(this.#region, this.#layout, () => {}).threadCounters(thread)
  }

  #runUntil(bytes: number): void {
    const limit = this.#processors.nowNanos + 600e9
    while (this.#received < bytes) {
      for (let k = 0; k < 64; k++) {
        if (!this.#processors.step()) throw new Error('every thread sleeps for ever')
      }
      this.#times.forgetBefore(this.#processors.earliestNanos())
      if (this.#processors.nowNanos > limit) throw new Error('the transfer does not come to an end')
    }
  }

  #openStackThread(k: number, thread: VirtualThread): CoreThread {
    const { costs, payloadWork } = this.#options
    const { nanos } = costs
    const { kind } = this.#parameters.strategy
    // With shards, only the worker that owns the connection works.
    const isShared = this.#layout.replicas > 1 && kind !== 'sharded'
    const isReplicated = kind === 'replicated'
    const prices = new NetworkPrices({
      words: this.#region.words,
      costs,
      payloadWork,
      strategy: kind,
      isShared,
    })
    const channel =
      isShared || isReplicated
        ? new TimedChannel({
            region: this.#region,
            layout: this.#layout.framework.channel,
            id: k,
            thread,
            times: this.#times,
            publishNanos: isShared ? nanos.publishSharedNanos : nanos.publishNanos,
          })
        : undefined
    let timed: TimedDomain | SpendingDomain | undefined
    const loop = this.#strategy.openThread({
      region: this.#region,
      layout: this.#layout,
      parameters: this.#parameters,
      thread: k,
      device: this.#tap.open(this.#region, thread, nanos.readNanos, nanos.readEmptyNanos),
      // Each poll reads the clock once, so a reading stands for a poll. Nothing else reads it while threads do not
      // really sleep.
      clock: {
        nowMicros: () => {
          thread.spend(nanos.pollNanos)
          return (thread.clock / 1000) | 0
        },
      },
      seed: this.#options.seed + k,
      pause: (micros) => thread.spend(micros * 1000),
      wrapDomain: (domain: Domain) => {
        timed = isReplicated
          ? new TimedDomain(domain, thread, prices)
          : new SpendingDomain(domain, thread, prices, isShared)
        return timed
      },
      ...(channel === undefined ? {} : { channel }),
      wrapLock: (lock) => new TimedLock(lock, this.#lockTimes, thread, nanos),
      wrapReplica: (parts) => ({
        ...parts,
        batch: 1,
        claims: new TimedClaims(parts.claims as never, thread, nanos.claimWonNanos, nanos.claimLostNanos),
      }),
    })
    const place = this.#sleepers.placeOf(isReplicated ? channel : undefined, k)
    const hasWorked = () => {
      const worked = timed?.hasWorked ?? false
      if (timed !== undefined) timed.hasWorked = false
      return worked
    }
    return new CoreThread(loop, costs, place, this.#spins, hasWorked)
  }

  #openApplication(): VirtualApplication {
    const application = new VirtualApplication(this.#options.costs.nanos.applicationByteNanos)
    const ends = this.#strategy.openEnds(this.#region, this.#layout, () => {})
    const wake = () => this.#sleepers.onPosted()
    application.endpoint = new Endpoint({ ...ends.application, wake }, application)
    application.endpoint.connect(1, mapIpv4(peerAddress), port, 0)
    return application
  }
}
