/** A port that accepts connections; an async iterable of them. Application's thread only. */
import type { Connection } from './connection.ts'

export class Listener {
  readonly port: number
  /** Accepted by the stack and not yet by the application. The stack counts them, so there are at most `backlog`. */
  readonly #unclaimed: Connection[] = []
  readonly #waiters: ((connection: Connection | null) => void)[] = []
  readonly #close: () => void
  #closed = false

  constructor(port: number, close: () => void) {
    this.port = port
    this.#close = close
  }

  /** Called by the stack. */
  onAccepted(connection: Connection): void {
    if (this.#closed) {
      connection.abort()
      return
    }
    const waiter = this.#waiters.shift()
    if (waiter === undefined) {
      this.#unclaimed.push(connection)
      return
    }
    connection.claim()
    waiter(connection)
  }

  /** The next connection; `null` once the listener is closed. */
  accept(): Promise<Connection | null> {
    const next = this.#unclaimed.shift()
    if (next !== undefined) {
      next.claim()
      return Promise.resolve(next)
    }
    if (this.#closed) return Promise.resolve(null)
    return new Promise((resolve) => this.#waiters.push(resolve))
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Connection> {
    for (let next = await this.accept(); next !== null; next = await this.accept()) yield next
  }

  /** Stops listening. Connections that nobody claimed are reset, as in Linux: nobody can claim them any more. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#close()
    for (const connection of this.#unclaimed.splice(0)) connection.abort()
    for (const waiter of this.#waiters.splice(0)) waiter(null)
  }
}
