/**
 * Records what one domain applies where there is no channel: the thread that applies also writes, and waits for the file.
 * The log is the same as that of a channel (`layout.ts`), and is replayed like one.
 *
 * Called by the domain's thread only. Invariant: a mark's digest is taken after the last action of the requests that it
 * counts was emitted, and before the next request is applied.
 */
import type { ActionQueue } from '../contract/action-queue.ts'
import type { Domain } from '../contract/domain.ts'
import type { LogWriter } from './writer.ts'

export interface RecordingOptions {
  /** The memory that slots are in. */
  readonly words: Int32Array
  readonly writer: LogWriter
  /** Index of the first request, as the writer's header has it. */
  readonly firstIndex: number
  /** Requests between two digests, a power of two; 0: the final digest only. */
  readonly digestStride: number
}

export class RecordingDomain implements Domain {
  readonly actions: ActionQueue
  readonly #domain: Domain
  readonly #words: Int32Array
  readonly #writer: LogWriter
  readonly #stride: number
  #index: number
  #lastMark: number

  constructor(domain: Domain, { words, writer, firstIndex, digestStride }: RecordingOptions) {
    this.actions = domain.actions
    this.#domain = domain
    this.#words = words
    this.#writer = writer
    this.#stride = digestStride
    this.#index = firstIndex
    this.#lastMark = firstIndex
  }

  apply(slot: number): void {
    this.#markIfDue()
    this.#domain.apply(slot)
    this.#writer.appendRequest(this.#words, slot, this.#index)
    this.#index = (this.#index + 1) | 0
  }

  /** After the last request: ends the log and closes its file. */
  finish(): void {
    this.#markIfDue()
    this.#writer.appendEnd(this.#index, this.#domain.digest())
    this.#writer.close()
  }

  needsCheck(slot: number): boolean {
    return this.#domain.needsCheck(slot)
  }

  check(slot: number): number {
    return this.#domain.check(slot)
  }

  hasMore(): boolean {
    return this.#domain.hasMore()
  }

  resume(): void {
    this.#domain.resume()
  }

  perform(action: number, slot: number): boolean {
    return this.#domain.perform(action, slot)
  }

  microsUntilDeadline(nowMicros: number): number {
    return this.#domain.microsUntilDeadline(nowMicros)
  }

  digest(): number {
    return this.#domain.digest()
  }

  copyState(target: Int32Array): void {
    this.#domain.copyState(target)
  }

  #markIfDue(): void {
    if (this.#stride === 0 || this.#index === this.#lastMark) return
    if ((this.#index & (this.#stride - 1)) !== 0) return
    this.#lastMark = this.#index
    this.#writer.appendMark(this.#index, this.#domain.digest())
  }
}
