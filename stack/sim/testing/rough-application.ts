/**
 * The application at one end of a rough scenario: writes at the times of the scenario, reads at once or after a
 * pause, compares every byte, closes when all is written, and releases.
 */

import type { RoughScenario, Side } from '../../protocol/testing/rough-scenario.ts'
import type { Endpoint, EndpointHandler } from '../../socket/endpoint.ts'
import type { Stream } from '../../socket/stream.ts'
import { mapIpv4 } from '../../wire/address.ts'

interface TimedWrite {
  readonly atMicros: number
  readonly bytes: number
}

export class RoughApplication implements EndpointHandler {
  readonly #side: Side
  readonly #now: () => number
  readonly #writes: readonly TimedWrite[]
  readonly #sendBytes: number
  readonly #receiveBytes: number
  readonly #readPauseMicros: number
  #endpoint: Endpoint | undefined
  #stream: Stream | undefined
  /** When the bytes that are there now may be read. */
  #readsAt: number | undefined
  #isClosed = false
  isListening = false
  isDone = false
  failure: string | undefined

  constructor(scenario: RoughScenario, side: Side, now: () => number) {
    let atMicros = 0
    const writes: TimedWrite[] = []
    for (const { from, afterMicros, bytes } of scenario.writes) {
      atMicros += afterMicros
      if (from === side) writes.push({ atMicros, bytes })
    }
    const total = scenario.writes.reduce((sum, { bytes }) => sum + bytes, 0)
    this.#side = side
    this.#now = now
    this.#writes = writes
    this.#sendBytes = writes.reduce((sum, { bytes }) => sum + bytes, 0)
    this.#receiveBytes = total - this.#sendBytes
    this.#readPauseMicros = scenario[side].readPauseMicros
  }

  listen(endpoint: Endpoint, port: number): void {
    this.#endpoint = endpoint
    endpoint.listen(1, port, 4)
  }

  connect(endpoint: Endpoint, address: number, port: number): void {
    this.#endpoint = endpoint
    endpoint.connect(1, mapIpv4(address), port, 0)
  }

  /** When this application next does something by itself; Infinity if never. */
  nextEventMicros(): number {
    const now = this.#now()
    const write = this.#writes.find(({ atMicros }) => atMicros > now)?.atMicros ?? Number.POSITIVE_INFINITY
    const read = this.#readsAt ?? Number.POSITIVE_INFINITY
    return Math.min(write, read > now ? read : Number.POSITIVE_INFINITY)
  }

  /** Takes upcalls, reads and writes what it may; returns whether it did anything. */
  step(): boolean {
    const upcalls = this.#endpoint?.poll(16) ?? 0
    const stream = this.#stream
    if (stream === undefined || this.failure !== undefined || this.isDone) return upcalls > 0
    return upcalls + this.#read(stream) + this.#write(stream) + this.#end(stream) > 0
  }

  get progress(): string {
    const { written = 0, acknowledged = 0, consumed = 0, closedReason } = this.#stream ?? {}
    return (
      `${this.#side} wrote ${written} of ${this.#sendBytes}, acknowledged ${acknowledged}, ` +
      `read ${consumed} of ${this.#receiveBytes}, closed ${closedReason}`
    )
  }

  onListening(_cookie: number, error: number): void {
    if (error !== 0) this.failure = `listen failed: ${error}`
    this.isListening = error === 0
  }

  onAccepted(stream: Stream): void {
    this.#stream = stream
  }

  onConnected(stream: Stream): void {
    this.#stream = stream
  }

  onConnectFailed(_cookie: number, error: number): void {
    this.failure = `connect failed: ${error}`
  }

  onProgress(): void {}

  #read(stream: Stream): number {
    if (stream.readableBytes === 0) return 0
    const now = this.#now()
    this.#readsAt ??= now + this.#readPauseMicros
    if (this.#readsAt > now) return 0
    let count = 0
    while (stream.readableBytes > 0) {
      const window = stream.readWindow(stream.readableBytes)
      for (let k = 0; k < window.length; k += 1) {
        if (window[k] === byteAt(stream.consumed + k, this.#side === 'right')) continue
        this.failure ??= `${this.#side}: a wrong byte at ${stream.consumed + k}`
        return 0
      }
      count += window.length
      stream.consume(window.length)
    }
    this.#readsAt = undefined
    return count
  }

  #write(stream: Stream): number {
    const now = this.#now()
    let due = -stream.written
    for (const { atMicros, bytes } of this.#writes) if (atMicros <= now) due += bytes
    let count = 0
    while (count < due) {
      const window = stream.writeWindow(due - count)
      if (window.length === 0) break
      for (let k = 0; k < window.length; k += 1) {
        window[k] = byteAt(stream.written + k, this.#side === 'left')
      }
      stream.commitWrite(window.length)
      count += window.length
    }
    return count
  }

  #end(stream: Stream): number {
    if (!this.#isClosed && stream.written === this.#sendBytes) {
      this.#isClosed = true
      stream.close()
      return 1
    }
    if (stream.closedReason === undefined || stream.readableBytes > 0) return 0
    const isComplete = stream.finished && stream.consumed === this.#receiveBytes && this.#isClosed
    if (stream.closedReason !== 0 || !isComplete) this.failure = `ended early: ${this.progress}`
    this.#endpoint?.release(stream)
    this.isDone = true
    return 1
  }
}

/** The byte at a position of the left host's stream, or of the right host's. */
function byteAt(position: number, isFromLeft: boolean): number {
  return (Math.imul(position ^ (isFromLeft ? 0x2d51 : 0x61c8), 0x9e3779b1) >>> 13) & 0xff
}
