/**
 * A host of a simulated world: the real strategies, domain and sockets over a region of its own, with a simulated
 * device, a virtual clock and one application; its threads are stepped one at a time by the world.
 */
import type { Device } from '../../device/device.ts'
import { Random } from '../../device/random.ts'
import type { AuditReport } from '../../dominoes/audit/auditor.ts'
import type { Domain } from '../../dominoes/contract/domain.ts'
import type { LogRecorder } from '../../dominoes/log/recorder.ts'
import type { Region } from '../../dominoes/memory/region.ts'
import type { globalRecord } from '../../protocol/state/globals.ts'
import type { DatagramHandler } from '../../socket/datagram-endpoint.ts'
import { Endpoint, type EndpointHandler } from '../../socket/endpoint.ts'
import type { StackLayout } from '../../strategy/layout/stack-layout.ts'
import { threadCountersAt } from '../../strategy/layout/thread-counters.ts'
import type { StackParameters } from '../../strategy/options.ts'
import { flushing } from '../../strategy/parts/flushing-thread.ts'
import { openRecorder } from '../../strategy/replay/open-recorder.ts'
import { strategyOf } from '../../strategy/strategies.ts'
import type { StackEnds, StrategyThread } from '../../strategy/strategy.ts'
import { type Death, Deaths } from './deaths.ts'
import type { SimulatedClock } from './simulated-clock.ts'
import { SlowPerformer } from './slow-performer.ts'

/** What a thread of a simulated host spends, in microseconds of virtual time. */
export interface VirtualCosts {
  /** One round of the loop, and one action: the mean of an exponential distribution. */
  readonly roundMicros: number
  readonly actionMicros: number
  /** How often a thread is preempted after a round, 0 … 1, and for how long. */
  readonly preemption: number
  readonly preemptionMicros: number
}

export interface SimHostParts {
  readonly clock: SimulatedClock
  /** What the host's 32-bit clock shows when the world begins. */
  readonly clockOrigin: number
  readonly parameters: StackParameters
  readonly region: Region
  readonly layout: StackLayout
  readonly device: Device
  readonly application: EndpointHandler & { step(): boolean }
  /** Told of UDP sockets; default: there are none. */
  readonly datagramHandler?: DatagramHandler
  readonly costs: VirtualCosts
  /** Microseconds that an action takes, by thread and kind of action; undefined: the drawn time. */
  readonly actionMicros?: (thread: number, kind: number) => number | undefined
  readonly seed: number
  /** Replicas that are killed. Default none. */
  readonly deaths?: readonly Death[]
  /**
   * By the number of a productive round, counted over all threads: microseconds by which its thread is late
   * afterwards.
   */
  readonly stalls?: ReadonlyMap<number, number>
  /** Wraps each thread's domain, inside of the wrapper that makes actions take time. */
  readonly wrapDomain?: (domain: Domain, thread: number) => Domain
}

/** One thread: when it can run again, and a round of its loop. */
interface SimThread {
  readonly number: number
  readyAt: number
  /** End of the stall, one of those that were asked for. */
  stalledUntil: number
  /** What its actions cost; undefined if this thread performs none. */
  readonly performer: SlowPerformer | undefined
  readonly thread: StrategyThread
}

export class SimHost {
  readonly endpoint: Endpoint
  readonly application: SimHostParts['application']
  readonly #parts: SimHostParts
  readonly #region: Region
  readonly #layout: StackLayout
  readonly #random: Random
  #threads: readonly SimThread[]
  readonly #deaths: Deaths | undefined
  readonly #ends: StackEnds
  readonly #recorder: LogRecorder | undefined
  #rounds = 0

  constructor(parts: SimHostParts) {
    this.#parts = parts
    this.application = parts.application
    this.#random = new Random(parts.seed)
    this.#layout = parts.layout
    this.#region = parts.region
    const strategy = strategyOf(parts.parameters)
    strategy.initialise(this.#region, this.#layout, parts.clockOrigin | 0)
    this.#ends = strategy.openEnds(this.#region, this.#layout, () => {})
    this.#threads = Array.from({ length: this.#layout.threads }, (_, thread) => this.#openThread(thread))
    this.endpoint = new Endpoint(this.#ends.application, parts.application, parts.datagramHandler)
    const { parameters, layout, region } = parts
    this.#deaths = parts.deaths && new Deaths(region, layout, parameters, parts.deaths)
    // Where there is no channel, the only thread records itself.
    const path = parameters.strategy.kind === 'replicated' ? parameters.recordPath : undefined
    this.#recorder =
      path === undefined ? undefined : openRecorder({ buffer: region.buffer, layout, parameters, path })
  }

  /** Runs what is ready, threads in random order; returns whether anything was done. */
  step(): boolean {
    let worked = this.application.step()
    const { clock } = this.#parts
    const threads = this.#threads
    const first = (this.#random.next() >>> 0) % threads.length
    for (let k = 0; k < threads.length; k++) {
      const thread = threads[(first + k) % threads.length] as SimThread
      if (thread.readyAt > clock.nowMicros()) continue
      if (this.#runRound(thread) === 0) continue
      worked = true
      const stallMicros = this.#parts.stalls?.get(this.#rounds++) ?? 0
      thread.readyAt = clock.nowMicros() + this.#roundMicros() + stallMicros
      if (stallMicros > 0) thread.stalledUntil = thread.readyAt
    }
    const reopen = (number: number) => {
      this.#threads = [...this.#threads, this.#openThread(number)]
    }
    if (this.#deaths?.attend(reopen) === true) worked = true
    if ((this.#recorder?.doWork() ?? 0) > 0) worked = true
    return worked
  }

  /** The next time at which a thread that is busy now, or a timer, has something to do; Infinity if never. */
  nextEventMicros(): number {
    const now = this.#parts.clock.nowMicros()
    const hostNow = (this.#parts.clockOrigin + now) | 0
    let next = Number.POSITIVE_INFINITY
    for (const { readyAt, stalledUntil, performer, thread } of this.#threads) {
      if (readyAt > now) next = Math.min(next, readyAt)
      // A stalled thread waits, whatever is due.
      if (stalledUntil > now) continue
      const busyUntil = performer?.busyUntil ?? 0
      if (busyUntil > now) next = Math.min(next, busyUntil)
      next = Math.min(next, Math.max(now + 1, now + thread.microsUntilDeadline(hostNow)))
    }
    return next
  }

  /** Ends the host: every replica must have applied the same requests; compares their last digests. */
  finish(): AuditReport {
    for (const { thread } of this.#threads) thread.finish()
    this.#recorder?.finish()
    return (
      this.#ends.audits?.finish() ?? {
        digestsCompared: 0,
        divergences: 0,
        missed: 0,
        firstDivergence: undefined,
      }
    )
  }

  audit(): void {
    this.#ends.audits?.audit()
  }

  /** A counter of the protocol machine (see `protocol/state/globals.ts`). */
  protocolCounter(name: keyof typeof globalRecord.fields): number {
    return this.#ends.protocolCounters()[name] as number
  }

  /** What each replica or worker counted. */
  everyThreadsCounters(): Record<string, number>[] {
    return Array.from({ length: this.#layout.replicas }, (_, thread) => this.#ends.threadCounters(thread))
  }

  #runRound(thread: SimThread): number {
    if (this.#deaths === undefined) return thread.thread.doWork()
    const work = this.#deaths.run(thread.number, () => thread.thread.doWork())
    if (work !== undefined) return work
    this.#threads = this.#threads.filter((each) => each !== thread)
    return 1
  }

  #openThread(thread: number): SimThread {
    const { clock, clockOrigin, parameters, device, costs, seed, wrapDomain } = this.#parts
    let performer: SlowPerformer | undefined
    const opened = strategyOf(parameters).openThread({
      region: this.#region,
      layout: this.#layout,
      parameters,
      thread,
      device,
      clock: clock.hostClock(clockOrigin),
      seed: seed + thread,
      wrapDomain: (domain: Domain) => {
        const inner = wrapDomain === undefined ? domain : wrapDomain(domain, thread)
        performer = new SlowPerformer(
          inner,
          clock,
          (kind) => this.#parts.actionMicros?.(thread, kind) ?? this.#exponential(costs.actionMicros),
        )
        return performer
      },
      pause: (micros) => this.#pause(micros),
    })
    const countersAt = threadCountersAt(this.#layout.countersWord, thread)
    const flushed = flushing(opened, device, this.#region.words, countersAt)
    return { number: thread, readyAt: 0, stalledUntil: 0, performer, thread: flushed }
  }

  /** The sequential loop waits within a round: time goes on, and the application gets its turn. */
  #pause(micros: number): void {
    this.#parts.clock.advanceTo(this.#parts.clock.nowMicros() + micros)
    this.application.step()
  }

  #roundMicros(): number {
    const { roundMicros, preemption, preemptionMicros } = this.#parts.costs
    const preempted = this.#uniform() < preemption ? this.#exponential(preemptionMicros) : 0
    return this.#exponential(roundMicros) + preempted
  }

  #exponential(mean: number): number {
    return -mean * Math.log(1 - this.#uniform())
  }

  #uniform(): number {
    return (this.#random.next() >>> 0) / 2 ** 32
  }
}
