/**
 * Sorts connections by the cookie that they begin with: the first of a test is its control connection, those with the
 * cookie of a test under way are its streams, and all others are denied, as by iperf3's server, which serves one test
 * at a time.
 */
import type { Connection, Listener } from '../../../stack/index.ts'
import { type Caller, readCookie } from './control.ts'
import { State } from './protocol.ts'

const cookieLimitMillis = 10_000
/** Connections that may owe their cookie at the same time. */
const callersLimit = 128

interface Awaited {
  /** Undefined: any. */
  readonly cookie: string | undefined
  readonly count: number
  readonly arrived: Caller[]
  readonly complete: PromiseWithResolvers<Caller[]>
}

export class Admission {
  readonly #listener: Pick<Listener, 'accept' | 'close'>
  #awaited: Awaited | undefined
  #callers = 0

  constructor(listener: Pick<Listener, 'accept' | 'close'>) {
    this.#listener = listener
    void this.#run()
  }

  /** The control connection of the next test. */
  async control(): Promise<Caller> {
    const [caller] = await this.#await(undefined, 1)
    return caller as Caller
  }

  /** The streams of a test. Rejects after the limit. */
  async streams(cookie: string, count: number): Promise<Connection[]> {
    const timer = setTimeout(
      () => this.#awaited?.complete.reject(new Error('streams are missing')),
      cookieLimitMillis,
    )
    try {
      return (await this.#await(cookie, count)).map(({ connection }) => connection)
    } finally {
      clearTimeout(timer)
    }
  }

  close(): void {
    this.#listener.close()
  }

  async #await(cookie: string | undefined, count: number): Promise<Caller[]> {
    const complete = Promise.withResolvers<Caller[]>()
    const awaited: Awaited = { cookie, count, arrived: [], complete }
    this.#awaited = awaited
    try {
      return await complete.promise
    } catch (error) {
      for (const { connection } of awaited.arrived) connection.abort()
      throw error
    } finally {
      this.#awaited = undefined
    }
  }

  async #run(): Promise<void> {
    for (let next = await this.#listener.accept(); next !== null; next = await this.#listener.accept()) {
      if (this.#callers >= callersLimit) next.abort()
      else void this.#hear(next)
    }
  }

  async #hear(connection: Connection): Promise<void> {
    this.#callers += 1
    try {
      await this.#admit(await readCookie(connection, cookieLimitMillis))
    } catch {
      // Who does not say what it wants has no test that could fail.
      connection.abort()
    } finally {
      this.#callers -= 1
    }
  }

  async #admit(caller: Caller): Promise<void> {
    const awaited = this.#awaited
    const isAwaited =
      awaited !== undefined &&
      awaited.arrived.length < awaited.count &&
      (awaited.cookie === undefined || awaited.cookie === caller.cookie)
    if (!isAwaited) {
      await caller.connection.write(Uint8Array.of(State.accessDenied))
      caller.connection.finish()
      return
    }
    awaited.arrived.push(caller)
    if (awaited.arrived.length === awaited.count) awaited.complete.resolve(awaited.arrived)
  }
}
