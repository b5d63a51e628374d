/**
 * The reading end of a log: one record at a time, through one buffer. Checks that the file is what a recorder writes:
 * a damaged file is an error that names the place, never a wrong request.
 *
 * Used by one thread. Invariant: `words` and `at` name the record that `next` found, until it is called again.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { hashWords } from '../contract/digest.ts'
import { slotArgumentWords, slotHeadWords } from '../contract/slot.ts'
import { lineBytes, lineWords } from '../memory/region.ts'
import { LogError } from './error.ts'
import {
  type LogHeader,
  LogHeaderWord,
  LogTag,
  LogWord,
  logHeaderBytes,
  logMagic,
  logRecordWords,
  logVersion,
} from './layout.ts'

const chunkBytes = 1 << 20
const largestDescriptionBytes = 1 << 20

const recordAgain = 'record the run again; a log is written to its end when the stack is stopped'

export class LogReader {
  readonly path: string
  readonly header: LogHeader
  /** Whole records in the file. */
  readonly recordCount: number
  /** Whether the last of them is an end: nothing is missing. */
  readonly hasEnd: boolean
  readonly words: Int32Array
  /** Word offset of the record at hand. */
  at = 0

  readonly #descriptor: number
  readonly #recordWords: number
  readonly #bytes: Uint8Array
  /** Bytes of a last record that is not whole. */
  readonly #excessBytes: number
  readonly #firstAt: number
  #recordsRead = 0
  #filledWords = 0
  #nextIndex: number
  #check = 0
  #ended = false

  /** Throws LogError if there is no such file, or it is not a log that this version can read. */
  constructor(path: string) {
    this.path = path
    this.#descriptor = this.#attempt(() => openSync(path, 'r'))
    try {
      const { header, bytes } = this.#readHeader()
      this.header = header
      this.#firstAt = bytes
    } catch (error) {
      closeSync(this.#descriptor)
      throw error
    }
    this.#recordWords = logRecordWords(this.header.shape)
    const recordsBytes = fstatSync(this.#descriptor).size - this.#firstAt
    this.recordCount = Math.floor(recordsBytes / (this.#recordWords * 4))
    this.#excessBytes = recordsBytes % (this.#recordWords * 4)
    this.words = new Int32Array(Math.floor(chunkBytes / 4 / this.#recordWords) * this.#recordWords)
    this.#bytes = new Uint8Array(this.words.buffer)
    this.#nextIndex = this.header.firstIndex
    this.hasEnd = this.#lastTag() === LogTag.end
  }

  /** Index of the next request; the count of those read, from the header's first index on. */
  get nextIndex(): number {
    return this.#nextIndex
  }

  /** Whether the end record was read: nothing is missing. */
  get isWhole(): boolean {
    return this.#ended
  }

  /**
   * Moves on to the next record and returns its `LogTag`; 0 at the end of the file. Throws LogError for a record that
   * no recorder writes.
   */
  next(): number {
    if (this.#ended || this.#recordsRead === this.recordCount) return 0
    this.at += this.#recordWords
    if (this.at >= this.#filledWords) this.#fill()
    const tag = this.words[this.at + LogWord.tag] as number
    if (tag === LogTag.request) this.#admitRequest()
    else this.#admitDigest(tag)
    this.#recordsRead += 1
    return tag
  }

  /** What is missing if there is no end. */
  get lack(): string {
    const part = this.#excessBytes > 0 ? `, and ${this.#excessBytes} bytes of another` : ''
    return `the log breaks off after ${this.recordCount} records${part}: it has no end record`
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  #admitRequest(): void {
    if (this.words[this.at + LogWord.index] !== this.#nextIndex) throw this.#damaged()
    this.#check = hashWords(this.words, this.at, this.at + this.#recordWords, this.#check)
    this.#nextIndex = (this.#nextIndex + 1) | 0
  }

  #admitDigest(tag: number): void {
    const { words, at } = this
    const isKnown = tag === LogTag.mark || tag === LogTag.end
    if (!isKnown || words[at + LogWord.index] !== this.#nextIndex) throw this.#damaged()
    if (words[at + LogWord.check] !== this.#check) throw this.#damaged()
    this.#ended = tag === LogTag.end
  }

  #damaged(): LogError {
    const offset = this.#firstAt + this.#recordsRead * this.#recordWords * 4
    return new LogError(
      this.path,
      `the log is damaged at or before byte ${offset} (request ${this.#nextIndex})`,
      'copy the file again from where it was recorded, or record the run again',
    )
  }

  #lastTag(): number {
    if (this.recordCount === 0) return 0
    const offset = this.#firstAt + (this.recordCount - 1) * this.#recordWords * 4
    this.#readFully(this.#bytes, 4, offset)
    return this.words[LogWord.tag] as number
  }

  #fill(): void {
    const offset = this.#firstAt + this.#recordsRead * this.#recordWords * 4
    const left = (this.recordCount - this.#recordsRead) * this.#recordWords * 4
    const wanted = Math.min(this.#bytes.length, left)
    this.#readFully(this.#bytes, wanted, offset)
    this.#filledWords = wanted / 4
    this.at = 0
  }

  #readHeader(): { header: LogHeader; bytes: number } {
    const { size } = fstatSync(this.#descriptor)
    const line = new Uint8Array(lineBytes)
    const words = new Int32Array(line.buffer)
    if (size >= lineBytes) this.#readFully(line, lineBytes, 0)
    const word = (at: number): number => words[at] as number
    if (word(0) !== logMagic[0] || word(1) !== logMagic[1]) {
      throw new LogError(this.path, 'this is not the log of a channel', 'name a file that recordPath made')
    }
    if (word(LogHeaderWord.version) !== logVersion) {
      throw new LogError(
        this.path,
        `the log has version ${word(LogHeaderWord.version)}, and only ${logVersion} can be read`,
        'replay it with the version of this project that recorded it',
      )
    }
    const shape = {
      argumentWords: word(LogHeaderWord.argumentWords),
      headWords: word(LogHeaderWord.headWords),
    }
    const descriptionBytes = word(LogHeaderWord.descriptionBytes)
    const bytes = logHeaderBytes(descriptionBytes)
    const isSound =
      isBetween(shape.argumentWords, slotArgumentWords) &&
      isBetween(shape.headWords, slotHeadWords) &&
      word(LogHeaderWord.recordWords) === logRecordWords(shape) &&
      isBetween(descriptionBytes, largestDescriptionBytes) &&
      isStride(word(LogHeaderWord.digestStride))
    if (!isSound) throw new LogError(this.path, 'the header of the log is damaged', recordAgain)
    if (bytes > size) throw new LogError(this.path, 'the log breaks off in its header', recordAgain)
    const description = new Uint8Array(descriptionBytes)
    this.#readFully(description, descriptionBytes, lineWords * 4)
    return {
      bytes,
      header: {
        shape,
        firstIndex: word(LogHeaderWord.firstIndex),
        digestStride: word(LogHeaderWord.digestStride),
        description: Buffer.from(description).toString('utf8'),
      },
    }
  }

  #readFully(bytes: Uint8Array, count: number, offset: number): void {
    this.#attempt(() => {
      for (let read = 0; read < count; ) {
        const got = readSync(this.#descriptor, bytes, read, count - read, offset + read)
        if (got === 0) throw new Error('the file became shorter')
        read += got
      }
    })
  }

  #attempt<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new LogError(
        this.path,
        `the log cannot be read: ${reason}`,
        'check the path and its permissions',
        error,
      )
    }
  }
}

function isBetween(value: number, most: number): boolean {
  return value >= 0 && value <= most
}

/** A power of two from 2 on, or 0. */
function isStride(value: number): boolean {
  return value >= 0 && value !== 1 && (value & (value - 1)) === 0
}
