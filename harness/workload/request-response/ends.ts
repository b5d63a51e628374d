/**
 * Both ends of an exchange of requests and responses on our stack. Both directions of a connection carry the pattern from its
 * beginning, cut into messages of one length; so a byte that is missing, doubled or of another message does not match.
 */
import type { Connection } from '../../../stack/index.ts'
import type { StreamPattern } from '../../content/stream-pattern.ts'
import { HistogramRecorder } from '../../measure/histogram.ts'
import type { ClientTold, RequestResponseTask, ServerTold } from './task.ts'

const chunkBytes = 256 * 1024
const ticksPerMilli = 10_000

/** One connection: the bytes that are owed to the peer, and those that came from it. */
class End {
  readonly #connection: Connection
  readonly #pattern: StreamPattern
  /** The outgoing stream is to be written up to this position. */
  owed = 0
  verified = 0
  #isIntact = true

  constructor(connection: Connection, pattern: StreamPattern) {
    this.#connection = connection
    this.#pattern = pattern
  }

  get received(): number {
    return this.#connection.stream.consumed
  }

  get sent(): number {
    return this.#connection.stream.written
  }

  /** The peer has ended its stream, and all of it was read. */
  get isFinished(): boolean {
    const { stream } = this.#connection
    return stream.finished && stream.readableBytes === 0
  }

  /** Takes and compares the bytes that have arrived, a chunk at most. Whether there were any. */
  move(): boolean {
    const { stream } = this.#connection
    const window = stream.readWindow(chunkBytes)
    if (window.length > 0) {
      this.#compare(window)
      stream.consume(window.length)
    }
    return window.length > 0
  }

  /** Writes up to `owed`, as far as the send buffer has room. Whether anything was written. */
  write(): boolean {
    const { stream } = this.#connection
    const before = stream.written
    while (stream.written < this.owed) {
      const window = stream.writeWindow(Math.min(chunkBytes, this.owed - stream.written))
      if (window.length === 0) break
      window.set(this.#pattern.at(stream.written, window.length))
      stream.commitWrite(window.length)
    }
    return stream.written > before
  }

  /** Waits for a change. Throws SocketError if the connection has failed. */
  async wait(): Promise<void> {
    if (this.#connection.stream.closedReason !== undefined) await this.#connection.closed()
    await this.#connection.progress()
  }

  /** Ends the outgoing stream; the incoming one may go on. */
  close(): void {
    this.#connection.close()
  }

  closed(): Promise<void> {
    return this.#connection.closed()
  }

  #compare(window: Uint8Array): void {
    if (!this.#isIntact) return
    const mismatch = this.#pattern.firstMismatch(window, this.received)
    this.#isIntact = mismatch < 0
    this.verified = mismatch < 0 ? this.received + window.length : mismatch
  }
}

/** Answers every request as soon as it is complete, until the peer has asked its last. */
export async function serve(
  connection: Connection,
  pattern: StreamPattern,
  { messageBytes }: RequestResponseTask,
): Promise<ServerTold> {
  const end = new End(connection, pattern)
  for (;;) {
    const hasMoved = end.move()
    end.owed = end.received - (end.received % messageBytes)
    const hasWritten = end.write()
    if (end.isFinished && end.sent === end.owed) break
    if (!hasMoved && !hasWritten) await end.wait()
  }
  end.close()
  await end.closed()
  return { sent: end.sent, received: end.received, verified: end.verified }
}

/** When the measurement begins and ends, for all connections alike, in milliseconds of `performance.now()`. */
export interface Span {
  readonly opensAt: number
  readonly closesAt: number
}

/** Keeps requests under way until the span is over, and takes the responses to all of them. */
export async function ask(
  connection: Connection,
  pattern: StreamPattern,
  { messageBytes, depth, seconds }: RequestResponseTask,
  { opensAt, closesAt }: Span,
): Promise<ClientTold> {
  const end = new End(connection, pattern)
  const latencies = new HistogramRecorder()
  /** When the requests under way were made, the oldest first. */
  const askedAt: number[] = []
  let answered = 0
  let transactions = 0
  for (;;) {
    const hasMoved = end.move()
    const now = performance.now()
    const isMeasured = now >= opensAt && now < closesAt
    for (; (answered + 1) * messageBytes <= end.received; answered++) {
      const latencyMillis = now - (askedAt.shift() ?? now)
      if (!isMeasured) continue
      transactions++
      latencies.record(Math.round(latencyMillis * ticksPerMilli))
    }
    while (now < closesAt && askedAt.length < depth) {
      askedAt.push(now)
      end.owed += messageBytes
    }
    const hasWritten = end.write()
    if (askedAt.length === 0) break
    if (end.isFinished) throw new Error('the peer closed before the last response')
    if (!hasMoved && !hasWritten) await end.wait()
  }
  end.close()
  await end.closed()
  return {
    sent: end.sent,
    received: end.received,
    verified: end.verified,
    transactions,
    allTransactions: answered,
    measuredMicros: seconds * 1e6,
    latencyTicks: latencies.histogram,
  }
}
