/**
 * Feeds a log into a replicated channel and compares every recorded digest with that of every replica. It
 * holds the producer role from start to end; the replicas have no source. Used by a thread that is no
 * replica's, or by the one that steps them all. Neither threads nor time change the outcome: this is what a
 * replay shows.
 *
 * Invariant: a mark is compared before the ring has room for the requests after which a replica would overwrite it:
 * `digestEntries · stride ≥ slotCount + 2 · stride`.
 */

import { type DigestLayout, DigestWord, digestEntry, digestTable } from '../audit/digest-board.ts'
import type { Channel } from '../channel/channel.ts'
import { slotPayloadOffset } from '../contract/slot.ts'
import { assert } from '../memory/assert.ts'
import type { Region } from '../memory/region.ts'
import type { FrameworkLayout, FrameworkOptions, FrameworkStart } from '../replica/framework-layout.ts'
import { recordedVerdictWord } from './domain.ts'
import { copyFromRecord, type LogHeader, LogTag, LogWord } from './layout.ts'
import type { LogReader } from './reader.ts'

/** Requests published at once. */
const batch = 64
const slotCount = 1024
const digestEntries = 4096

/** How to plan the region of a replay: a slot needs no payload but the verdict. */
export function replayOptions(header: LogHeader, replicas: number): FrameworkOptions {
  return {
    replicas,
    slotCount,
    slotBytes: slotPayloadOffset + 128,
    outboxCount: 2,
    mailboxes: [],
    claimCount: 2,
    digestEntries,
    digestStride: header.digestStride,
  }
}

/** Where its numbering starts. */
export function replayStart(header: LogHeader): FrameworkStart {
  return { index: header.firstIndex }
}

export interface ReplayDivergence {
  readonly replica: number
  /** The last mark at which all digests were as recorded, and the first at which this replica's was not. */
  readonly lastEqualMark: number
  readonly mark: number
  readonly digest: number
  readonly recordedDigest: number
}

export interface ReplayReport {
  readonly requests: number
  /** Comparisons of a recorded digest with a replica's. */
  readonly digestsCompared: number
  readonly divergences: number
  readonly firstDivergence: ReplayDivergence | undefined
  /** Whether the log has its end, and with it the final digest. */
  readonly isWhole: boolean
}

export class LogReplayer {
  readonly #words: Int32Array
  readonly #digests: DigestLayout
  readonly #channel: Channel
  readonly #reader: LogReader
  /** Recorded marks and digests that some replica has not reached, oldest first. */
  readonly #pending: { mark: number; digest: number; isEnd: boolean }[] = []
  #tag = 0
  #requests = 0
  #digestsCompared = 0
  #divergences = 0
  #firstDivergence: ReplayDivergence | undefined
  #lastEqualMark: number

  /** `channel` is this thread's own. Takes the producer role, and the first record of the log. */
  constructor(region: Region, layout: FrameworkLayout, channel: Channel, reader: LogReader) {
    assert(channel.tryAcquireProducer(), 'another thread holds the producer role of a replay')
    this.#words = region.words
    this.#digests = layout.digests
    this.#channel = channel
    this.#reader = reader
    this.#lastEqualMark = reader.header.firstIndex
    this.#tag = reader.next()
  }

  /** Whether everything in the log is published. */
  get isFed(): boolean {
    return this.#tag === 0
  }

  /** Compares what can be, then publishes what fits, a batch at most; returns the records taken. Throws LogError. */
  feed(): number {
    this.#compare()
    const limit = Math.min(batch, this.#channel.freeSlots(batch))
    let count = 0
    let taken = 0
    while (this.#tag !== 0) {
      if (this.#tag === LogTag.request) {
        if (count === limit) break
        this.#fill(this.#channel.slotAhead(count))
        count += 1
      } else {
        this.#expect(this.#tag === LogTag.end)
      }
      this.#tag = this.#reader.next()
      taken += 1
    }
    if (count > 0) this.#channel.publish(count)
    this.#requests += count
    return taken
  }

  /** Once `isFed`: no more comes, the replicas end when they have applied all there is. */
  close(): void {
    this.#channel.releaseProducer()
    this.#channel.close()
  }

  /** Once the replicas ended: compares what is left. */
  finish(): ReplayReport {
    this.#compare()
    assert(this.#pending.length === 0, 'a replica ended before the log did')
    return {
      requests: this.#requests,
      digestsCompared: this.#digestsCompared,
      divergences: this.#divergences,
      firstDivergence: this.#firstDivergence,
      isWhole: this.#reader.isWhole,
    }
  }

  #fill(slot: number): void {
    const { words, at, header } = this.#reader
    copyFromRecord(header.shape, words, at, this.#words, slot)
    this.#words[slot + recordedVerdictWord] = words[at + LogWord.verdict] as number
  }

  #expect(isEnd: boolean): void {
    const { words, at } = this.#reader
    const mark = words[at + LogWord.index] as number
    this.#pending.push({ mark, digest: words[at + LogWord.digest] as number, isEnd })
  }

  #compare(): void {
    for (let first = this.#pending[0]; first !== undefined; first = this.#pending[0]) {
      if (!this.#haveRecorded(first.mark, first.isEnd)) return
      for (let replica = 0; replica < this.#digests.replicas; replica++) {
        const digest = first.isEnd
          ? this.#load(replica, DigestWord.finalDigest)
          : this.#digestAt(replica, first.mark)
        this.#judge(replica, first.mark, digest, first.digest)
      }
      if (this.#divergences === 0) this.#lastEqualMark = first.mark
      this.#pending.shift()
    }
  }

  #haveRecorded(mark: number, isEnd: boolean): boolean {
    for (let replica = 0; replica < this.#digests.replicas; replica++) {
      const has = isEnd
        ? this.#load(replica, DigestWord.finished) !== 0
        : ((this.#load(replica, DigestWord.latest) - mark) | 0) >= 0
      if (!has) return false
    }
    return true
  }

  #digestAt(replica: number, mark: number): number {
    const entry = digestEntry(this.#digests, digestTable(this.#digests, replica), mark)
    assert(Atomics.load(this.#words, entry) === mark, 'a digest was overwritten before it was compared')
    return Atomics.load(this.#words, entry + 1)
  }

  #judge(replica: number, mark: number, digest: number, recordedDigest: number): void {
    this.#digestsCompared += 1
    if (digest === recordedDigest) return
    this.#divergences += 1
    this.#firstDivergence ??= { replica, lastEqualMark: this.#lastEqualMark, mark, digest, recordedDigest }
  }

  #load(replica: number, word: number): number {
    return Atomics.load(this.#words, digestTable(this.#digests, replica) + word)
  }
}
