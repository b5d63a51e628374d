/**
 * The threads of a replicated stack as they come and go: starts replicas, notices those that die or stall,
 * has what they left finished and the ring freed of them, lets newcomers join. Application's thread only;
 * everything that takes time is awaited without blocking it. What happens in shared memory is
 * `dominoes/membership/membership.ts`.
 *
 * Invariant: a replica is excluded only after its thread has ended, so that it never acts again.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import type { Channel } from '../../../dominoes/channel/channel.ts'
import type { Membership } from '../../../dominoes/membership/membership.ts'
import { Order } from '../../../dominoes/membership/membership-layout.ts'
import type { CrewEvent } from '../../running/running-stack.ts'
import { StallWatch } from '../../running/stall-watch.ts'
import type { ThreadCrew } from '../../strategy.ts'

export interface CrewParts {
  readonly membership: Membership
  /** The application's. */
  readonly channel: Channel
  /** Replicas at most, and those that begin. */
  readonly capacity: number
  readonly replicas: number
  /** How long a replica may stand still while others are ahead of it. */
  readonly stallLimitMillis: number
  /** Starts a replica's thread; one of `generation` 0 is there from the beginning, others are newcomers. */
  startThread(replica: number, generation: number): Worker
  /** Ends the wait of whichever thread sleeps in the device. */
  wakeDevice(): void
  /** Whether the application has upcalls to take: a replica that waits for that does not stall. */
  isApplicationBehind(): boolean
}

const pollMillis = 1
const watchMillis = 100

export class Crew implements ThreadCrew {
  readonly #parts: CrewParts
  readonly #running = new Map<number, Worker>()
  readonly #generations = new Map<number, number>()
  /** By replica: the reason why its thread has ended, or is being ended, against its will. */
  readonly #reasons = new Map<number, Error>()
  readonly #leaving = new Set<number>()
  readonly #exclusions = new Map<number, Promise<void>>()
  readonly #events: CrewEvent[] = []
  readonly #startedAt = performance.now()
  readonly #stalls: StallWatch
  readonly #watch: NodeJS.Timeout
  readonly #ended = Promise.withResolvers<void>()
  #isFailed = false
  #onFailure: (error: Error) => void = () => {}

  /** Before any thread of the stack runs. */
  constructor(parts: CrewParts) {
    this.#parts = parts
    this.#stalls = new StallWatch(parts.channel, parts.stallLimitMillis, watchMillis)
    for (let replica = parts.replicas; replica < parts.capacity; replica++) {
      parts.channel.remove(replica)
      this.#generations.set(replica, 1)
    }
    for (let replica = 0; replica < parts.replicas; replica++) this.#start(replica)
    this.#watch = setInterval(() => this.#endStalled(), watchMillis)
  }

  get living(): readonly number[] {
    return this.#parts.membership.living
  }

  get events(): readonly CrewEvent[] {
    return this.#events
  }

  get workers(): readonly Worker[] {
    return [...this.#running.values()]
  }

  /** Resolves when all threads have ended. */
  get ended(): Promise<void> {
    return this.#ended.promise
  }

  /** Calls `listener` when no replica is left. */
  onFailure(listener: (error: Error) => void): void {
    this.#onFailure = listener
  }

  async addReplica(): Promise<number> {
    const { capacity, channel, membership } = this.#parts
    const isFree = (replica: number) => !this.#running.has(replica) && !channel.isActive(replica)
    const replica = Array.from({ length: capacity }, (_, number) => number).find(isFree)
    if (replica === undefined) throw new RangeError(`all of ${capacity} replicas are there`)
    const since = performance.now()
    membership.prepare(replica)
    const worker = this.#start(replica)
    while (!membership.tryAdmit(replica)) {
      this.#parts.wakeDevice()
      if (this.#running.get(replica) !== worker) throw this.#reasonOf(replica)
      await sleep(pollMillis)
    }
    this.#note('joined', replica, since, '')
    return replica
  }

  async removeReplica(replica: number): Promise<void> {
    this.#workerOf(replica)
    if (this.living.length < 2) throw new RangeError('the last replica cannot be removed')
    this.#leaving.add(replica)
    await this.#order(replica, Order.leave, 0)
    await this.#exclusion(replica)
  }

  async failReplica(replica: number): Promise<void> {
    this.#terminate(replica, new Error('killed'))
    await this.#exclusion(replica)
  }

  async stallReplica(replica: number, millis: number): Promise<void> {
    this.#workerOf(replica)
    await this.#order(replica, Order.stall, millis)
  }

  /** The stack ends by a failure: nobody is excluded any more. */
  giveUp(): void {
    this.#isFailed = true
    this.#parts.wakeDevice()
  }

  #start(replica: number): Worker {
    const generation = this.#generations.get(replica) ?? 0
    this.#generations.set(replica, generation + 1)
    const worker = this.#parts.startThread(replica, generation)
    this.#running.set(replica, worker)
    this.#stalls.begin(replica)
    this.#reasons.delete(replica)
    worker.once('error', (error) => this.#reasons.set(replica, asError(error)))
    worker.once('exit', (code) => this.#onExit(replica, code))
    return worker
  }

  #onExit(replica: number, code: number): void {
    this.#running.delete(replica)
    const isLeaving = this.#leaving.delete(replica)
    // A thread that ends with code 0 and was not asked to leave has seen the channel close.
    const isLost = (code !== 0 || isLeaving) && this.#parts.channel.isActive(replica)
    if (isLost && !this.#isFailed) {
      if (this.#running.size === 0) this.#fail(replica)
      else this.#exclusions.set(replica, this.#exclude(replica, isLeaving))
    }
    if (this.#running.size > 0) return
    clearInterval(this.#watch)
    void Promise.allSettled(this.#exclusions.values()).then(() => this.#ended.resolve())
  }

  async #exclude(replica: number, isLeaving: boolean): Promise<void> {
    const since = performance.now()
    const reason = isLeaving ? '' : this.#reasonOf(replica).message
    while (!this.#parts.membership.tryExclude(replica)) {
      if (this.#isFailed || this.#running.size === 0) return
      await sleep(pollMillis)
    }
    // Wake the device: the thread that sleeps there may have other things to do now.
    this.#parts.wakeDevice()
    this.#exclusions.delete(replica)
    this.#note(isLeaving ? 'left' : 'lost', replica, since, reason)
  }

  /** Resolves when the replica, whose thread is to end, is out. */
  async #exclusion(replica: number): Promise<void> {
    while (this.#running.has(replica)) {
      this.#parts.wakeDevice()
      await sleep(pollMillis)
    }
    await this.#exclusions.get(replica)
  }

  #fail(replica: number): void {
    this.#isFailed = true
    this.#onFailure(this.#reasonOf(replica))
  }

  #endStalled(): void {
    if (this.#parts.isApplicationBehind()) this.#stalls.excuse()
    for (const replica of this.#stalls.stalled(this.living)) {
      if (this.#running.has(replica)) this.#terminate(replica, new Error('stalled'))
    }
  }

  #terminate(replica: number, reason: Error): void {
    const worker = this.#workerOf(replica)
    if (!this.#reasons.has(replica)) this.#reasons.set(replica, reason)
    void worker.terminate()
    this.#parts.wakeDevice()
  }

  async #order(replica: number, order: number, argument: number): Promise<void> {
    while (!this.#parts.membership.tryOrder(replica, order, argument)) {
      if (!this.#running.has(replica)) return
      await sleep(pollMillis)
    }
    this.#parts.wakeDevice()
  }

  #workerOf(replica: number): Worker {
    const worker = this.#running.get(replica)
    if (worker === undefined) throw new RangeError(`replica ${replica} does not run`)
    return worker
  }

  #reasonOf(replica: number): Error {
    return this.#reasons.get(replica) ?? new Error(`the thread of replica ${replica} has ended`)
  }

  #note(kind: CrewEvent['kind'], replica: number, since: number, reason: string): void {
    const now = performance.now()
    this.#events.push({ kind, replica, reason, atMillis: now - this.#startedAt, tookMillis: now - since })
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
