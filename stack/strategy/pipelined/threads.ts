/**
 * The threads of a pipeline: stages, what they sleep in, and how they end one after the other. The reader sleeps in the
 * device, the protocol and the transmitters on a signal each, and whoever lacks room on the channel's `progress`.
 */
import type { Clock } from '../../device/kernel/clock.ts'
import type { Channel } from '../../dominoes/channel/channel.ts'
import { noDeadline } from '../../dominoes/contract/domain.ts'
import { Counter, type Counters } from '../../dominoes/memory/counters.ts'
import type { Signal } from '../../dominoes/memory/signal.ts'
import { askingWeight } from '../../dominoes/replica/replica.ts'
import type { StrategyThread } from '../strategy.ts'
import type { Pipe } from './pipe.ts'
import { Ended, PipeWord } from './pipeline-layout.ts'
import type { ProtocolStage, ReaderStage } from './stages.ts'
import type { TransmitterStage } from './transmitter-stage.ts'

export interface StageThreadParts {
  readonly pipe: Pipe
  readonly channel: Channel
  readonly counters: Counters
  readonly clock: Clock
  /** Where the protocol sleeps, and where the transmitters do. */
  readonly readSignal: Signal
  readonly emittedSignal: Signal
}

/** Reads; applies too if there is no thread for that. */
export class ReaderThread implements StrategyThread {
  readonly #parts: StageThreadParts
  readonly #reader: ReaderStage
  readonly #protocol: ProtocolStage | undefined
  readonly idleWeight = askingWeight

  constructor(parts: StageThreadParts, reader: ReaderStage, protocol: ProtocolStage | undefined) {
    this.#parts = parts
    this.#reader = reader
    this.#protocol = protocol
  }

  get isFinished(): boolean {
    return this.#parts.channel.isClosing && (this.#protocol?.isIdle ?? true)
  }

  finish(): void {
    if (this.#protocol === undefined) endReading(this.#parts)
    else endApplying(this.#parts)
  }

  microsUntilDeadline(nowMicros: number): number {
    return this.#protocol?.microsUntilDeadline(nowMicros) ?? noDeadline
  }

  doWork(): number {
    let work = this.#protocol?.doWork() ?? 0
    if (work === 0 && !this.#parts.channel.isClosing) work = this.#reader.doWork()
    if (work === 0) this.#parts.counters.add(Counter.idles, 1)
    return work
  }

  park(micros: number): void {
    const { pipe, channel, counters, clock } = this.#parts
    counters.add(Counter.parks, 1)
    const token = channel.progress.prepare()
    if (this.#protocol?.isBlocked || pipe.freeSlots(1) === 0) {
      channel.progress.wait(token, micros)
      return
    }
    if (channel.isClosing || this.#protocol?.isIdle === false) return
    const deadline = this.microsUntilDeadline(clock.nowMicros())
    if (deadline > 0) this.#reader.source.wait(Math.min(micros, deadline))
  }
}

export class ProtocolThread implements StrategyThread {
  readonly #parts: StageThreadParts
  readonly #protocol: ProtocolStage

  constructor(parts: StageThreadParts, protocol: ProtocolStage) {
    this.#parts = parts
    this.#protocol = protocol
  }

  get isFinished(): boolean {
    return this.#parts.pipe.load(PipeWord.ended) === Ended.reading && this.#protocol.isIdle
  }

  finish(): void {
    endApplying(this.#parts)
  }

  microsUntilDeadline(nowMicros: number): number {
    return this.#protocol.microsUntilDeadline(nowMicros)
  }

  doWork(): number {
    const work = this.#protocol.doWork()
    if (work === 0) this.#parts.counters.add(Counter.idles, 1)
    return work
  }

  park(micros: number): void {
    const { pipe, channel, counters, clock, readSignal } = this.#parts
    counters.add(Counter.parks, 1)
    const full = channel.progress.prepare()
    if (this.#protocol.isBlocked) {
      channel.progress.wait(full, micros)
      return
    }
    const token = readSignal.prepare()
    if (!this.#protocol.isIdle || pipe.load(PipeWord.ended) !== Ended.nothing) return
    const deadline = this.microsUntilDeadline(clock.nowMicros())
    if (deadline > 0) readSignal.wait(token, Math.min(micros, deadline))
  }
}

export class TransmitterThread implements StrategyThread {
  readonly #parts: StageThreadParts
  readonly #transmitter: TransmitterStage

  constructor(parts: StageThreadParts, transmitter: TransmitterStage) {
    this.#parts = parts
    this.#transmitter = transmitter
  }

  get isFinished(): boolean {
    return this.#parts.pipe.load(PipeWord.ended) === Ended.applying && this.#transmitter.isIdle
  }

  finish(): void {}

  microsUntilDeadline(): number {
    return noDeadline
  }

  doWork(): number {
    const work = this.#transmitter.doWork()
    if (work === 0) this.#parts.counters.add(Counter.idles, 1)
    return work
  }

  park(micros: number): void {
    const { pipe, channel, counters, emittedSignal } = this.#parts
    counters.add(Counter.parks, 1)
    if (this.#transmitter.isBlocked) {
      const token = channel.progress.prepare()
      if (this.#transmitter.doWork() === 0) channel.progress.wait(token, micros)
      return
    }
    const token = emittedSignal.prepare()
    if (!this.#transmitter.isIdle || pipe.load(PipeWord.ended) === Ended.applying) return
    emittedSignal.wait(token, micros)
  }
}

function endReading({ pipe, readSignal }: StageThreadParts): void {
  pipe.store(PipeWord.ended, Ended.reading)
  readSignal.notify()
}

function endApplying({ pipe, emittedSignal }: StageThreadParts): void {
  pipe.store(PipeWord.ended, Ended.applying)
  emittedSignal.notify()
}
