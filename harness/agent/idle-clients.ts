/**
 * Ends clients that a server has waited for too long: clients that send no complete request, and clients that take
 * nothing of their answer. Only the application knows these limits. Without them every client could hold a connection
 * for ever.
 */

/** A client that is watched; `acknowledged` counts the bytes of the answer that the client has acknowledged. */
export interface WatchedClient {
  readonly stream: { readonly acknowledged: number }
  abort(): void
}

export interface IdleLimits {
  /** Until the request is complete; parts of it do not extend the limit. */
  readonly askMillis: number
  /** Since the client last acknowledged bytes of the answer. */
  readonly answerMillis: number
  /** Clients at once; a further client ends the one that has been asking for longest. */
  readonly clients: number
}

interface Wait {
  since: number
  /** Undefined while the client asks. */
  acknowledged: number | undefined
}

export class IdleClients<Client extends WatchedClient> {
  readonly #limits: IdleLimits
  readonly #waits = new Map<Client, Wait>()

  constructor(limits: IdleLimits) {
    this.#limits = limits
  }

  get count(): number {
    return this.#waits.size
  }

  /** The client has connected: from now on its request is awaited. */
  asks(client: Client, nowMillis: number): void {
    if (this.#waits.size >= this.#limits.clients) this.#endOldest()
    this.#waits.set(client, { since: nowMillis, acknowledged: undefined })
  }

  /** The client's request is complete: from now on it has to take the answer. */
  answers(client: Client, nowMillis: number): void {
    this.#waits.set(client, { since: nowMillis, acknowledged: client.stream.acknowledged })
  }

  /** The client is not watched any more. */
  gone(client: Client): void {
    this.#waits.delete(client)
  }

  /** Ends every client that is over its limit; to be called about every second. */
  sweep(nowMillis: number): void {
    const { askMillis, answerMillis } = this.#limits
    for (const [client, wait] of this.#waits) {
      const { acknowledged } = client.stream
      if (wait.acknowledged !== undefined && wait.acknowledged !== acknowledged) {
        wait.acknowledged = acknowledged
        wait.since = nowMillis
      }
      const limit = wait.acknowledged === undefined ? askMillis : answerMillis
      if (nowMillis - wait.since >= limit) this.#end(client)
    }
  }

  /** Ends the first client that still asks; if none does, the first of those that are being answered. */
  #endOldest(): void {
    let oldest: Client | undefined
    for (const [client, { acknowledged }] of this.#waits) {
      oldest ??= client
      if (acknowledged !== undefined) continue
      oldest = client
      break
    }
    if (oldest !== undefined) this.#end(oldest)
  }

  #end(client: Client): void {
    this.#waits.delete(client)
    client.abort()
  }
}
