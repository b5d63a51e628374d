/** A port that accepts connections; an async iterable of them. Application's thread only. */
import type { Connection } from './connection.ts'

export class Listener {
  readonly port: number
  readonly #accepted: Connection[] = []
  readonly #waiters: ((connection: Connection | null) => void)[] = []
  readonly #close: () => void
  #closed = false

  constructor(port: number, close: () => void) {
    this.port = port
    this.#close = close
  }

  /** Called by the stack. */
  onAccepted(connection: Connection): void {
    const waiter = this.#waiters.shift()
    if (waiter === undefined) this.#accepted.push(connection)
    else waiter(connection)
  }

  /** The next connection; `null` once the listener is closed. */
  accept(): Promise<Connection | null> {
    const next = this.#accepted.shift()
    if (next !== undefined) return Promise.resolve(next)
    if (this.#closed) return Promise.resolve(null)
    return new Promise((resolve) => this.#waiters.push(resolve))
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Connection> {
    for (let next = await this.accept(); next !== null; next = await this.accept()) yield next
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#close()
    for (const waiter of this.#waiters.splice(0)) waiter(null)
  }
}
