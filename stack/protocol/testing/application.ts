/**
 * An application at one end of the world: sends as many bytes as it is told, reads what arrives, closes when all is
 * sent, releases when all is over. It has positions instead of bytes. It asserts that each position is delivered
 * exactly once, and delivered before it is reported as readable.
 */
import { Action, Upcall, UpcallWord } from '../actions.ts'
import type { MachineConfig } from '../config.ts'
import { Request } from '../requests.ts'

/** The machine that an application calls. */
export interface CalledHost {
  readonly config: MachineConfig
  stream(kind: number, connection: number, position?: number): void
}

export class Application {
  readonly #host: CalledHost
  /** Bytes to send in all; the stream is closed after them. */
  bytesToSend = 0
  /** Bytes handed over in one request at most. */
  chunkBytes = 64 * 1024
  /** Reads only when this much is readable (or the stream is finished). */
  readStepBytes = 1
  /**
   * `reads`: whether it reads at all. `holdsOpen`: more than `bytesToSend` will be sent later, so the stream is not
   * closed yet.
   */
  reads = true
  holdsOpen = false
  connection = -1
  sent = 0
  acknowledged = 0
  readable = 0
  consumed = 0
  /** Length of the peer's stream, once it is known. */
  finishedAt = -1
  closed = -1
  connectFailed = -1
  released = false
  upcallNumber = 0
  readonly #held: (readonly [start: number, end: number])[] = []
  #isClosing = false
  #busy = false
  #again = false

  constructor(host: CalledHost) {
    this.#host = host
  }

  /** Bytes delivered without a gap from the start. */
  get contiguous(): number {
    const first = this.#held[0]
    return first !== undefined && first[0] === 0 ? first[1] : 0
  }

  perform(action: Int32Array): void {
    if (action[0] === Action.deliver) this.hold(action)
    else if (action[0] !== Action.upcall) return
    const number = action[UpcallWord.upcallNumber] as number
    if (number !== this.upcallNumber) throw new Error(`upcall ${number} after ${this.upcallNumber - 1}`)
    this.upcallNumber += 1
    this.take(action)
    this.#again = true
  }

  /** Sends, reads and closes as far as it can: called when the machine is at rest. */
  act(): void {
    if (this.#busy) return
    this.#busy = true
    do {
      this.#again = false
      this.advance()
    } while (this.#again)
    this.#busy = false
  }

  private advance(): void {
    if (this.connection === -1 || this.released) return
    if (this.closed !== -1) {
      this.released = true
      this.#host.stream(Request.release, this.connection, this.sent | 0)
      return
    }
    const room = this.#host.config.sendBufferBytes - (this.sent - this.acknowledged)
    const chunk = Math.min(this.chunkBytes, room, this.bytesToSend - this.sent)
    if (chunk > 0) {
      this.sent += chunk
      this.#again = true
      this.#host.stream(Request.send, this.connection, this.sent | 0)
    }
    const due = this.readable - this.consumed
    if (this.reads && due > 0 && (due >= this.readStepBytes || this.finishedAt !== -1)) {
      this.consumed = this.readable
      this.#host.stream(Request.read, this.connection, this.consumed | 0)
    }
    if (this.sent === this.bytesToSend && !this.holdsOpen && !this.#isClosing) {
      this.#isClosing = true
      this.#host.stream(Request.close, this.connection, this.sent | 0)
    }
  }

  private take(action: Int32Array): void {
    const kind = action[UpcallWord.upcall]
    const position = action[UpcallWord.position] as number
    const error = action[UpcallWord.error] as number
    if (kind === Upcall.accepted || kind === Upcall.connected) {
      this.connection = action[UpcallWord.connection] as number
    } else if (kind === Upcall.readable) {
      if (position < this.readable) throw new Error('readable went back')
      this.readable = position
      if (this.contiguous < position)
        throw new Error(`readable up to ${position}, delivered up to ${this.contiguous}`)
    } else if (kind === Upcall.acknowledged) {
      if (position > this.sent || position <= this.acknowledged) throw new Error(`acknowledged ${position}`)
      this.acknowledged = position
    } else if (kind === Upcall.finished) {
      this.finishedAt = position
    } else if (kind === Upcall.closed) {
      this.closed = error
    } else if (kind === Upcall.connectFailed) {
      this.connectFailed = error
    }
  }

  /** Notes the bytes of a delivery; none may have come before. */
  private hold(action: Int32Array): void {
    const start = action[UpcallWord.positionLow] as number
    const end = start + (action[UpcallWord.payloadLength] as number)
    if (end <= start) throw new Error('an empty delivery')
    const list = this.#held
    let index = 0
    while (index < list.length && (list[index] as readonly [number, number])[1] < start) index += 1
    let left = start
    let right = end
    let count = 0
    for (; index + count < list.length; count += 1) {
      const [from, to] = list[index + count] as readonly [number, number]
      if (from > end) break
      if (from < end && to > start)
        throw new Error(`[${start}, ${end}) delivered again: held [${from}, ${to})`)
      left = Math.min(left, from)
      right = Math.max(right, to)
    }
    list.splice(index, count, [left, right])
  }
}
