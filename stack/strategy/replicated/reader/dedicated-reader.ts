/**
 * The thread that only reads and publishes: it takes the producer role when it starts and keeps it until the channel
 * closes. It has no state, applies nothing and performs nothing; the replicas have no source and never ask for one.
 * N replicas and a reader are N + 1 threads.
 *
 * Where it sleeps, and who wakes it: with nothing to read in the source (a frame, a doorbell, the next deadline, a
 * replica that knows one); with a full ring on the channel's progress.
 */
import type { Channel } from '../../../dominoes/channel/channel.ts'
import type { Source } from '../../../dominoes/contract/domain.ts'
import { noDeadline } from '../../../dominoes/contract/domain.ts'
import { Counter, type Counters } from '../../../dominoes/memory/counters.ts'
import { askingWeight } from '../../../dominoes/replica/replica.ts'
import type { StrategyThread } from '../../strategy.ts'
import { type DeadlineBoard, unknownDeadline } from './deadline-board.ts'

export interface DedicatedReaderParts {
  /** This thread's own. */
  readonly channel: Channel
  readonly source: Source
  readonly board: DeadlineBoard
  readonly counters: Counters
  nowMicros(): number
}

export class DedicatedReader implements StrategyThread {
  readonly idleWeight = askingWeight
  readonly #parts: DedicatedReaderParts
  #holdsRole = false

  constructor(parts: DedicatedReaderParts) {
    this.#parts = parts
  }

  get isFinished(): boolean {
    return !this.#holdsRole && this.#parts.channel.tryClose()
  }

  doWork(): number {
    const { channel, source, counters } = this.#parts
    if (channel.isClosing) {
      if (this.#holdsRole) channel.releaseProducer()
      this.#holdsRole = false
      return 0
    }
    if (!this.#holdsRole) this.#holdsRole = channel.tryAcquireProducer()
    if (!this.#holdsRole) return 0
    counters.add(Counter.polls, 1)
    const published = source.poll()
    counters.add(published > 0 ? Counter.published : Counter.idles, Math.max(published, 1))
    return published
  }

  park(micros: number): void {
    const { channel, source, board, counters } = this.#parts
    if (!this.#holdsRole) return
    counters.add(Counter.parks, 1)
    if (channel.freeSlots() === 0) {
      const token = channel.progress.prepare()
      if (channel.freeSlots() === 0 && !channel.isClosing) channel.progress.wait(token, micros)
      return
    }
    board.setAwaited(true)
    const known = board.microsUntil(channel.tail, this.#parts.nowMicros())
    if (known !== unknownDeadline) board.setAwaited(false)
    if (known !== 0) source.wait(known === unknownDeadline ? micros : Math.min(known, micros))
    board.setAwaited(false)
  }

  /** As the source asks it: no timer is due as long as no replica is there to know one. */
  microsUntilDeadline(nowMicros: number): number {
    const micros = this.#parts.board.microsUntil(this.#parts.channel.tail, nowMicros)
    return micros === unknownDeadline ? noDeadline : micros
  }

  /** It has no state to compare. */
  finish(): void {}
}
