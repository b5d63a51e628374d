/**
 * The writing end of a log: gathers records in one buffer and writes it when it is full, so a file grows by large
 * chunks and memory is bounded. Blocks its thread while the system writes; to be called by a thread of its own.
 *
 * Invariant: whatever was appended is in the file or in the buffer, once and in order; nothing is allocated per record.
 */
import { closeSync, openSync, writeSync } from 'node:fs'
import { hashWords } from '../contract/digest.ts'
import { lineWords } from '../memory/region.ts'
import { LogError } from './error.ts'
import {
  copyToRecord,
  type LogHeader,
  LogHeaderWord,
  LogTag,
  LogWord,
  logHeaderBytes,
  logMagic,
  logRecordWords,
  logVersion,
} from './layout.ts'

const chunkBytes = 1 << 18

export class LogWriter {
  readonly #path: string
  readonly #header: LogHeader
  readonly #descriptor: number
  readonly #recordWords: number
  readonly #chunk: Int32Array
  readonly #bytes: Uint8Array
  #filled = 0
  #check = 0

  /** Makes or overwrites the file. Throws LogError if that is not possible, here and later. */
  constructor(path: string, header: LogHeader) {
    this.#path = path
    this.#header = header
    this.#recordWords = logRecordWords(header.shape)
    this.#chunk = new Int32Array(Math.floor(chunkBytes / 4 / this.#recordWords) * this.#recordWords)
    this.#bytes = new Uint8Array(this.#chunk.buffer)
    this.#descriptor = attempt(path, () => openSync(path, 'w'))
    this.#write(encodeHeader(header))
  }

  /** Appends the request in a slot, whose verdict is final. */
  appendRequest(words: Int32Array, slot: number, index: number): void {
    const at = this.#next(LogTag.request, index)
    copyToRecord(this.#header.shape, words, slot, this.#chunk, at)
    this.#check = hashWords(this.#chunk, at, at + this.#recordWords, this.#check)
  }

  /** Appends a digest of the state after the request before `mark`. */
  appendMark(mark: number, digest: number): void {
    this.#appendDigest(LogTag.mark, mark, digest)
  }

  /** Appends the digest with which the run ended: the log is whole. */
  appendEnd(mark: number, digest: number): void {
    this.#appendDigest(LogTag.end, mark, digest)
  }

  /** Writes what was gathered: when nothing else is to be done, the file is as good as current. */
  flush(): void {
    if (this.#filled > 0) this.#write(this.#bytes.subarray(0, this.#filled * 4))
    this.#filled = 0
  }

  /** Writes what is left, and closes the file. */
  close(): void {
    this.flush()
    attempt(this.#path, () => closeSync(this.#descriptor))
  }

  #appendDigest(tag: number, mark: number, digest: number): void {
    const at = this.#next(tag, mark)
    this.#chunk.fill(0, at + LogWord.kind, at + this.#recordWords)
    this.#chunk[at + LogWord.digest] = digest
    this.#chunk[at + LogWord.check] = this.#check
  }

  #next(tag: number, index: number): number {
    if (this.#filled === this.#chunk.length) this.flush()
    const at = this.#filled
    this.#filled += this.#recordWords
    this.#chunk[at + LogWord.tag] = tag
    this.#chunk[at + LogWord.index] = index
    return at
  }

  #write(bytes: Uint8Array): void {
    attempt(this.#path, () => {
      for (let written = 0; written < bytes.length; ) {
        written += writeSync(this.#descriptor, bytes, written, bytes.length - written)
      }
    })
  }
}

/** Makes an empty file, so that a path which cannot be written is known before a thread is started for it. */
export function makeLogFile(path: string): void {
  attempt(path, () => closeSync(openSync(path, 'w')))
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new LogError(path, `the log cannot be written: ${reason}`, 'make room, or name another file', error)
  }
}

function encodeHeader(header: LogHeader): Uint8Array {
  const description = Buffer.from(header.description, 'utf8')
  const bytes = new Uint8Array(logHeaderBytes(description.length))
  const words = new Int32Array(bytes.buffer, 0, lineWords)
  words.set(logMagic, LogHeaderWord.magic)
  words[LogHeaderWord.version] = logVersion
  words[LogHeaderWord.recordWords] = logRecordWords(header.shape)
  words[LogHeaderWord.argumentWords] = header.shape.argumentWords
  words[LogHeaderWord.headWords] = header.shape.headWords
  words[LogHeaderWord.firstIndex] = header.firstIndex
  words[LogHeaderWord.digestStride] = header.digestStride
  words[LogHeaderWord.descriptionBytes] = description.length
  bytes.set(description, lineWords * 4)
  return bytes
}
