/**
 * A host on the far end of a simulated link that sends echo requests of planned sizes, in fragments if they
 * are longer than a frame, and compares what comes back byte for byte. It shares no code with what it tests.
 */

import type { Device } from '../../device/device.ts'
import type { Random } from '../../device/random.ts'
import type { EndpointHandler } from '../../socket/endpoint.ts'
import { cutFrame, Joiner, sealHeader, sumOf } from './fragments.ts'

export interface PingPlan {
  /** Bytes of payload of each request. */
  readonly sizes: readonly number[]
  /** From an answer to the next request, if no more are under way than may be. */
  readonly intervalMicros: number
  /** Requests that may be under way at once. Default 1. */
  readonly window?: number
  /** Requests that may go unanswered, as datagrams may. Default 0. */
  readonly lossLimit?: number
  /** Fragments leave in random order, some of them twice. */
  readonly isDisordered: boolean
}

export interface PingingPeerParts {
  readonly plan: PingPlan
  readonly device: Device
  readonly bytes: Uint8Array
  readonly random: Random
  nowMicros(): number
}

const ours = [10, 0, 0, 2]
const theirs = [10, 0, 0, 1]
const ourHardware = [2, 0, 0, 0, 0, 2]
const theirHardware = [2, 0, 0, 0, 0, 1]
const pieceBytes = 1480
const patienceMicros = 3e6

export class PingingPeer implements EndpointHandler {
  readonly #parts: PingingPeerParts
  readonly #joiner = new Joiner()
  readonly problems: string[] = []
  #sent = 0
  #lost = 0
  readonly #answered = new Set<number>()
  /** When the next may be sent, and until when some answer has to come. */
  #nextMicros = 0
  #limitMicros = patienceMicros

  constructor(parts: PingingPeerParts) {
    this.#parts = parts
  }

  get isDone(): boolean {
    return this.problems.length > 0 || this.#answered.size === this.#parts.plan.sizes.length
  }

  nextEventMicros(): number {
    if (this.isDone) return Number.POSITIVE_INFINITY
    return this.#maySend ? this.#nextMicros : this.#limitMicros
  }

  step(): boolean {
    const { device, bytes, nowMicros } = this.#parts
    let worked = false
    for (let length = device.read(0, 2048); length > 0; length = device.read(0, 2048)) {
      worked = true
      this.#take(bytes.slice(0, length))
    }
    if (this.isDone) return worked
    if (this.#maySend && nowMicros() >= this.#nextMicros) {
      while (this.#maySend) {
        this.#send(this.#sent)
        this.#sent += 1
      }
      this.#limitMicros = nowMicros() + patienceMicros
      return true
    }
    if (nowMicros() >= this.#limitMicros) this.#giveUp()
    return worked
  }

  /** What is under way is lost. */
  #giveUp(): void {
    const { sizes, lossLimit = 0 } = this.#parts.plan
    for (let number = 0; number < this.#sent; number++) {
      if (this.#answered.has(number)) continue
      this.#answered.add(number)
      this.#lost += 1
      if (this.#lost > lossLimit)
        this.problems.push(`no answer to request ${number} of ${sizes[number]} bytes`)
    }
    this.#nextMicros = this.#parts.nowMicros()
    this.#limitMicros = this.#nextMicros + patienceMicros
  }

  get #maySend(): boolean {
    const { sizes, window = 1 } = this.#parts.plan
    return this.#sent < sizes.length && this.#sent - this.#answered.size < window
  }

  onListening(): void {}
  onAccepted(): void {}
  onConnected(): void {}
  onConnectFailed(): void {}
  onProgress(): void {}

  #take(frame: Uint8Array): void {
    if (frame[12] === 8 && frame[13] === 6) return
    try {
      const message = this.#joiner.join(frame)
      if (message !== undefined) this.#compare(message)
    } catch (error) {
      this.problems.push((error as Error).message)
    }
  }

  #compare(message: Uint8Array): void {
    const { plan, nowMicros } = this.#parts
    const number = new DataView(message.buffer).getUint16(6)
    const expected = messageOf(number, plan.sizes[number] ?? 0, 0)
    if (this.#answered.has(number)) this.problems.push(`two answers to request ${number}`)
    else if (message.length !== expected.length) this.problems.push(`an answer of ${message.length} bytes`)
    else if (sumOf(message) !== 0xffff) this.problems.push('an answer with a wrong checksum')
    else if (!message.every((byte, k) => byte === expected[k]))
      this.problems.push('an answer with wrong bytes')
    this.#answered.add(number)
    this.#nextMicros = nowMicros() + plan.intervalMicros
    this.#limitMicros = this.#nextMicros + patienceMicros
  }

  #send(number: number): void {
    const { device, bytes, plan } = this.#parts
    const frame = frameOf(messageOf(number, plan.sizes[number] as number, 8))
    for (const piece of this.#disordered(
      frame.length <= 1514 ? [frame] : cutFrame(frame, number, pieceBytes),
    )) {
      bytes.set(piece)
      device.write(0, piece.length)
    }
  }

  #disordered(pieces: Uint8Array[]): Uint8Array[] {
    const { plan, random } = this.#parts
    if (!plan.isDisordered) return pieces
    // The first comes once: if all came twice, there would be two requests.
    const all = pieces.flatMap((piece, k) => (k > 0 && random.chance(0.2) ? [piece, piece] : [piece]))
    for (let k = all.length - 1; k > 0; k--) {
      const other = random.below(k + 1)
      const piece = all[k] as Uint8Array
      all[k] = all[other] as Uint8Array
      all[other] = piece
    }
    return all
  }
}

/** The echo message that is number `number`: a request of type 8, or the reply to it, of type 0. */
function messageOf(number: number, payloadBytes: number, type: number): Uint8Array {
  const message = new Uint8Array(8 + payloadBytes)
  const view = new DataView(message.buffer)
  message[0] = type
  view.setUint16(4, 0xbeef)
  view.setUint16(6, number)
  for (let k = 8; k < message.length; k++) message[k] = (k * 31 + (k >> 8) + number * 7) & 0xff
  view.setUint16(2, ~sumOf(message) & 0xffff)
  return message
}

function frameOf(message: Uint8Array): Uint8Array {
  const frame = new Uint8Array(34 + message.length)
  const view = new DataView(frame.buffer)
  frame.set([...theirHardware, ...ourHardware, 8, 0, 0x45, 0])
  view.setUint16(16, 20 + message.length)
  frame.set([64, 1], 22)
  frame.set([...ours, ...theirs], 26)
  sealHeader(view)
  frame.set(message, 34)
  return frame
}
