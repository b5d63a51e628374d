/**
 * Compares the digests on the digest board: each with that of the lowest replica at the same mark, once. A
 * digest of the witness is compared in the same way. One thread runs it, which is no replica's. It has to run
 * often enough that no table is overwritten unread; a digest that was overwritten counts as missed.
 */
import { type ChannelLayout, ConsumerWord, consumerWord } from '../channel/channel-layout.ts'
import type { Region } from '../memory/region.ts'
import { type DigestLayout, DigestWord, digestEntry, digestTable, witnessTableOf } from './digest-board.ts'

export interface Divergence {
  /** Channel index of the last request that went into both digests. */
  readonly index: number
  /**
   * The replica that differs, and the one it was compared with. The witness has the number after the last
   * replica's.
   */
  readonly replica: number
  readonly reference: number
  readonly digest: number
  readonly referenceDigest: number
}

export interface AuditReport {
  /** Comparisons of two replicas' digests, or a replica's and the witness's, at equal index. */
  readonly digestsCompared: number
  readonly divergences: number
  /** Digests that could not be compared: overwritten before they were read, or final at unequal indices. */
  readonly missed: number
  readonly firstDivergence: Divergence | undefined
}

export class Auditor {
  readonly #words: Int32Array
  readonly #digests: DigestLayout
  readonly #channel: ChannelLayout
  readonly #takesPart: boolean[]
  #mark: number
  #digestsCompared = 0
  #divergences = 0
  #missed = 0
  #firstDivergence: Divergence | undefined
  #finished = false

  /** Make it before the replicas start, so that it begins at their first mark. */
  constructor(region: Region, digests: DigestLayout, channel: ChannelLayout) {
    this.#words = region.words
    this.#digests = digests
    this.#channel = channel
    this.#takesPart = new Array<boolean>(digests.replicas).fill(false)
    this.#mark = this.#load(0, DigestWord.first)
  }

  /** Compares all marks that every active replica has recorded. Call it periodically; returns the marks handled. */
  audit(): number {
    if (this.#digests.stride === 0) return 0
    let handled = 0
    while (this.#isRecorded(this.#mark)) {
      this.#compare(this.#mark)
      this.#mark = (this.#mark + this.#digests.stride) | 0
      handled += 1
    }
    return handled
  }

  /** Once the replicas ended: audits what is left and compares the final digests. */
  finish(): AuditReport {
    this.audit()
    if (!this.#finished) this.#compareFinal()
    this.#finished = true
    return this.report()
  }

  report(): AuditReport {
    return {
      digestsCompared: this.#digestsCompared,
      divergences: this.#divergences,
      missed: this.#missed,
      firstDivergence: this.#firstDivergence,
    }
  }

  /**
   * Whether some replica recorded the mark and no active replica still owes it. Also keeps account of who takes part:
   * a replica comes in when the audit reaches its first mark, and goes out behind its last one once it is not active.
   */
  #isRecorded(mark: number): boolean {
    let recorded = false
    for (let replica = 0; replica < this.#digests.replicas; replica++) {
      const hasBegun = ((this.#load(replica, DigestWord.first) - mark) | 0) <= 0
      // A replica that was killed and started again beyond this mark goes out, too.
      if (!hasBegun) this.#takesPart[replica] = false
      if (!this.#takesPart[replica]) {
        if (!hasBegun || !this.#isActive(replica)) continue
        this.#takesPart[replica] = true
      }
      if (this.#hasRecorded(replica, mark)) recorded = true
      else if (this.#isActive(replica)) return false
      else this.#takesPart[replica] = false
    }
    return recorded
  }

  #compare(mark: number): void {
    let reference = -1
    let referenceDigest = 0
    for (let replica = 0; replica < this.#digests.replicas; replica++) {
      if (!this.#takesPart[replica]) continue
      const entry = digestEntry(this.#digests, digestTable(this.#digests, replica), mark)
      const before = Atomics.load(this.#words, entry)
      const digest = Atomics.load(this.#words, entry + 1)
      if (before !== mark || Atomics.load(this.#words, entry) !== mark) {
        this.#missed += 1
      } else if (reference < 0) {
        reference = replica
        referenceDigest = digest
      } else {
        this.#judge(mark, replica, digest, reference, referenceDigest)
      }
    }
    if (reference >= 0) this.#compareWitness(mark, reference, referenceDigest)
  }

  /** The witness records before its replica does, and only at some marks: a mark without its digest is not missed. */
  #compareWitness(mark: number, reference: number, referenceDigest: number): void {
    const witness = witnessTableOf(this.#digests)
    const entry = digestEntry(this.#digests, digestTable(this.#digests, witness), mark)
    const before = Atomics.load(this.#words, entry)
    const digest = Atomics.load(this.#words, entry + 1)
    if (before !== mark || Atomics.load(this.#words, entry) !== mark) return
    this.#judge(mark, witness, digest, reference, referenceDigest)
  }

  #compareFinal(): void {
    let reference = -1
    const witness = witnessTableOf(this.#digests)
    for (let replica = 0; replica <= witness; replica++) {
      if (this.#load(replica, DigestWord.finished) === 0) {
        if (replica !== witness && this.#isActive(replica)) this.#missed += 1
        continue
      }
      if (reference < 0) {
        reference = replica
        continue
      }
      const mark = this.#load(replica, DigestWord.finalMark)
      if (mark !== this.#load(reference, DigestWord.finalMark)) {
        this.#missed += 1
        continue
      }
      const digest = this.#load(replica, DigestWord.finalDigest)
      this.#judge(mark, replica, digest, reference, this.#load(reference, DigestWord.finalDigest))
    }
  }

  #judge(mark: number, replica: number, digest: number, reference: number, referenceDigest: number): void {
    this.#digestsCompared += 1
    if (digest === referenceDigest) return
    this.#divergences += 1
    this.#firstDivergence ??= { index: (mark - 1) | 0, replica, reference, digest, referenceDigest }
  }

  /** Whether the replica has recorded this mark; it may have been overwritten since. */
  #hasRecorded(replica: number, mark: number): boolean {
    return ((this.#load(replica, DigestWord.latest) - mark) | 0) >= 0
  }

  #isActive(replica: number): boolean {
    return Atomics.load(this.#words, consumerWord(this.#channel, replica) + ConsumerWord.active) !== 0
  }

  #load(replica: number, word: number): number {
    return Atomics.load(this.#words, digestTable(this.#digests, replica) + word)
  }
}
