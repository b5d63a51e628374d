/**
 * Records a channel: a consumer that copies every request and every digest to a log, applies nothing, produces nothing,
 * and is in no comparison. It runs on a thread of its own, so that the replicas wait for the file only when the
 * recorder is a whole ring behind.
 *
 * It follows the lowest active replica, the *reference*: what that one has passed has its verdict, and the digests of
 * its marks are on the board. Invariant: its position is behind the reference's, and gates the ring like a replica's,
 * so every request is recorded once, before its slot is reused.
 */

import { type DigestLayout, DigestWord, digestEntry, digestTable } from '../audit/digest-board.ts'
import type { Channel } from '../channel/channel.ts'
import { assert } from '../memory/assert.ts'
import type { Region } from '../memory/region.ts'
import type { FrameworkLayout } from '../replica/framework-layout.ts'
import type { LogWriter } from './writer.ts'

/** Requests copied between two publications of the position. */
const positionStride = 32
/** Most requests copied in one round. */
const batch = 512
/** Short rests of a recorder that finds nothing, before it sleeps until something is published. */
const restsBeforeSleep = 100
const restMillis = 0.25
const sleepMicros = 100_000

const nothing = new Int32Array(new SharedArrayBuffer(4))

export class LogRecorder {
  readonly #words: Int32Array
  readonly #digests: DigestLayout
  readonly #replicas: number
  readonly #channel: Channel
  readonly #consumer: number
  readonly #writer: LogWriter
  #position: number
  #publishedPosition: number
  #rests = 0

  /** `channel` is this thread's own. The framework was planned with an observer; the recorder is the first. */
  constructor(region: Region, layout: FrameworkLayout, channel: Channel, writer: LogWriter) {
    assert(
      layout.channel.consumers > layout.channel.replicas,
      'a channel without observers cannot be recorded',
    )
    this.#words = region.words
    this.#digests = layout.digests
    this.#replicas = layout.channel.replicas
    this.#channel = channel
    this.#consumer = layout.channel.replicas
    this.#writer = writer
    this.#position = channel.positionOf(this.#consumer)
    this.#publishedPosition = this.#position
  }

  /** Index of the next request to be recorded. */
  get position(): number {
    return this.#position
  }

  /** Copies what the reference has passed; returns the number of requests. */
  doWork(): number {
    const reference = this.#reference()
    if (reference < 0) return 0
    const limit = this.#channel.positionOf(reference)
    let work = 0
    for (; work < batch && ((limit - this.#position) | 0) > 0; work++) {
      const slot = this.#channel.slotOf(this.#position)
      assert(this.#channel.holds(slot, this.#position), 'a slot was overwritten before it was recorded')
      this.#writer.appendRequest(this.#words, slot, this.#position)
      this.#position = (this.#position + 1) | 0
      if (this.#isMark(this.#position)) this.#recordMark(this.#position)
      if (((this.#position - this.#publishedPosition) | 0) >= positionStride) this.#publishPosition()
    }
    this.#publishPosition()
    if (work > 0) this.#rests = 0
    return work
  }

  /** Blocks this thread for a moment, after a round without work: short first, so that no verdict has to wake it. */
  rest(): void {
    this.#rests += 1
    if (this.#rests <= restsBeforeSleep || this.#channel.tail !== this.#position) {
      Atomics.wait(nothing, 0, 0, restMillis)
      return
    }
    this.#writer.flush()
    const { published } = this.#channel
    const token = published.prepare()
    if (this.#channel.tail === this.#position && !this.#channel.isClosing) published.wait(token, sleepMicros)
  }

  /** Whether the channel is closed, everything in it is recorded, and the reference has left its final digest. */
  get isFinished(): boolean {
    if (!this.#channel.tryClose() || this.#channel.tail !== this.#position) return false
    const reference = this.#reference()
    return reference < 0 || this.#load(reference, DigestWord.finished) !== 0
  }

  /** Once `isFinished`: ends the log. */
  finish(): void {
    const reference = this.#reference()
    if (reference >= 0 && this.#load(reference, DigestWord.finalMark) === this.#position) {
      this.#writer.appendEnd(this.#position, this.#load(reference, DigestWord.finalDigest))
    }
    this.#writer.close()
  }

  #reference(): number {
    for (let replica = 0; replica < this.#replicas; replica++) {
      if (this.#channel.isActive(replica)) return replica
    }
    return -1
  }

  #isMark(position: number): boolean {
    const { stride } = this.#digests
    return stride !== 0 && (position & (stride - 1)) === 0
  }

  /** A replica that came in later has no digest of this mark; another has one then. */
  #recordMark(mark: number): void {
    for (let replica = 0; replica < this.#replicas; replica++) {
      const entry = digestEntry(this.#digests, digestTable(this.#digests, replica), mark)
      const before = Atomics.load(this.#words, entry)
      const digest = Atomics.load(this.#words, entry + 1)
      if (before !== mark || Atomics.load(this.#words, entry) !== mark) continue
      this.#writer.appendMark(mark, digest)
      return
    }
  }

  #publishPosition(): void {
    if (this.#publishedPosition === this.#position) return
    this.#publishedPosition = this.#position
    this.#channel.setPosition(this.#consumer, this.#position)
  }

  #load(replica: number, word: number): number {
    return Atomics.load(this.#words, digestTable(this.#digests, replica) + word)
  }
}

/** The loop of a recorder's thread. Blocks it until the channel is closed and all is in the file. */
export function runRecorder(recorder: LogRecorder): void {
  while (!recorder.isFinished) if (recorder.doWork() === 0) recorder.rest()
  recorder.finish()
}
