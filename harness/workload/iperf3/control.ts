/**
 * The control connection of a test: states and JSON over a connection of our stack. Every wait has a limit, after
 * which the connection is reset: an end that is silent, or sends a byte now and then, holds nothing for long.
 */
import type { Connection } from '../../../stack/index.ts'
import { cookieBytes, frameJson, Refusal, State } from './protocol.ts'

/** What is used of a connection until it is a stream. */
type Line = Pick<Connection, 'read' | 'write' | 'finish' | 'abort'>

export class Control {
  readonly #connection: Line
  readonly cookie: string

  constructor({ connection, cookie }: Caller<Line>) {
    this.#connection = connection
    this.cookie = cookie
  }

  async tell(state: number): Promise<void> {
    await this.#connection.write(Uint8Array.of(state))
  }

  async tellJson(value: object): Promise<void> {
    await this.#connection.write(frameJson(value))
  }

  /** The client's next state. Throws Refusal if it is not `expected`: the client gave up. */
  async expect(expected: number, limitMillis: number): Promise<void> {
    const [byte = 0] = await readExactly(this.#connection, 1, limitMillis)
    const state = (byte << 24) >> 24
    if (state !== expected) throw new Refusal(`the client went to state ${state} instead of ${expected}`)
  }

  /** Throws Refusal if there are more than `limitBytes`, or if they are no JSON. */
  async json(limitBytes: number, limitMillis: number): Promise<unknown> {
    const head = await readExactly(this.#connection, 4, limitMillis)
    const length = new DataView(head.buffer, head.byteOffset).getUint32(0)
    if (length > limitBytes) throw new Refusal(`a message of ${length} bytes`)
    const text = await readExactly(this.#connection, length, limitMillis)
    try {
      return JSON.parse(new TextDecoder().decode(text))
    } catch {
      throw new Refusal('a message that is no JSON')
    }
  }

  /** Tells the client why there will be no test. */
  async refuse({ code }: Refusal): Promise<void> {
    const words = new DataView(new ArrayBuffer(9))
    words.setInt8(0, State.serverError)
    words.setInt32(1, code)
    await this.#connection.write(new Uint8Array(words.buffer))
    this.#connection.finish()
  }

  finish(): void {
    this.#connection.finish()
  }

  abort(): void {
    this.#connection.abort()
  }
}

/** A connection that has said which test it belongs to. */
export interface Caller<Kind = Connection> {
  readonly connection: Kind
  readonly cookie: string
}

export async function readCookie<Kind extends Line>(
  connection: Kind,
  limitMillis: number,
): Promise<Caller<Kind>> {
  const bytes = await readExactly(connection, cookieBytes, limitMillis)
  return { connection, cookie: new TextDecoder('latin1').decode(bytes) }
}

/** Throws SocketError if the connection ends before, or is reset since the limit has passed. */
async function readExactly(connection: Line, count: number, limitMillis: number): Promise<Uint8Array> {
  const timer = setTimeout(() => connection.abort(), limitMillis)
  try {
    const bytes = new Uint8Array(count)
    for (let have = 0; have < count; ) {
      const piece = await connection.read(count - have)
      if (piece === null) throw new Refusal('the client closed the connection')
      bytes.set(piece, have)
      have += piece.length
    }
    return bytes
  } finally {
    clearTimeout(timer)
  }
}
