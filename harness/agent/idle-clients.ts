/**
 * Which clients a server has waited for long enough: those that do not ask, and those that do not take their answer. The
 * stack cannot know that; an application that waits for ever keeps a connection for whoever cares to open one.
 */

/** What is watched: `acknowledged` counts the bytes that the client took. */
export interface WatchedClient {
  readonly stream: { readonly acknowledged: number }
  abort(): void
}

export interface IdleLimits {
  /** For a whole request, however its bytes trickle in. */
  readonly askMillis: number
  /** Without a byte of the answer taken. */
  readonly answerMillis: number
  /** Clients at once; beyond that the one that has been asking for longest goes. */
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

  /** A client has connected and is to ask. */
  asks(client: Client, nowMillis: number): void {
    if (this.#waits.size >= this.#limits.clients) this.#endOldest()
    this.#waits.set(client, { since: nowMillis, acknowledged: undefined })
  }

  /** Its request is complete: from now on it is to take the answer. */
  answers(client: Client, nowMillis: number): void {
    this.#waits.set(client, { since: nowMillis, acknowledged: client.stream.acknowledged })
  }

  /** It is done with. */
  gone(client: Client): void {
    this.#waits.delete(client)
  }

  /** Ends whoever is over a limit; to be called every second or so. */
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

  /** Of those that ask, the one that came first; of those that do not take their answer, if all do. */
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
