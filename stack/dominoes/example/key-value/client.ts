/**
 * What an application calls: the store as promises, on a thread of its own.
 *
 *     const store = new KeyValueClient(service, 0)
 *     await store.put('name', bytes)
 *     const { value, version } = await store.get('name')
 *
 * Requests are applied in the order in which they were made, whether awaited or not; as many may be outstanding as the
 * service's window, further ones wait here.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { ClientEnds, type Reply } from './client-ends.ts'
import { type Command, expiryMillisLimit, keyBytesLimit, Operation, valueBytesLimit } from './messages.ts'
import type { Service } from './service-layout.ts'

/** Records taken before other work of the thread gets its turn. */
const pollLimit = 64
/** How long the client sleeps without a reply before it looks at what else it has to do. */
const sleepMicros = 100_000

interface Pending {
  readonly command: Command
  readonly settle: (reply: Reply) => void
}

export class KeyValueClient {
  readonly #ends: ClientEnds
  readonly #waiting: Pending[] = []
  readonly #posted: Pending[] = []
  readonly #expiries = new Map<string, (() => void)[]>()
  readonly #encoder = new TextEncoder()
  readonly #decoder = new TextDecoder()
  readonly #pump: Promise<void>
  /** A promise of a signal keeps no event loop alive by itself. */
  readonly #keepAlive = setInterval(() => {}, 1000)
  #isClosed = false

  /** `client` is 0 … clients - 1, each for one client. */
  constructor(service: Service, client: number) {
    this.#ends = new ClientEnds(service, client)
    this.#pump = this.#run()
  }

  /** The value and its version; status `missing` if there is none. */
  get(key: string): Promise<Reply> {
    return this.#ask({ operation: Operation.get, key: this.#encode(key) })
  }

  /** Answers the new version; status `full` if the store has no room for a new key. */
  put(key: string, value: Uint8Array): Promise<Reply> {
    checkValue(value)
    return this.#ask({ operation: Operation.put, key: this.#encode(key), value })
  }

  remove(key: string): Promise<Reply> {
    return this.#ask({ operation: Operation.remove, key: this.#encode(key) })
  }

  /** Puts if the key still has this version (0: if there is no such key), else status `conflict` and the version. */
  compareAndSet(key: string, version: number, value: Uint8Array): Promise<Reply> {
    checkValue(value)
    return this.#ask({
      operation: Operation.compareAndSet,
      key: this.#encode(key),
      value,
      operand: version,
    })
  }

  /** Removes the key after `millis` milliseconds, 0 … 1,000,000, unless it is put again before. */
  expire(key: string, millis: number): Promise<Reply> {
    if (!Number.isInteger(millis) || millis < 0 || millis > expiryMillisLimit) {
      throw new RangeError(`a key expires after 0 to ${expiryMillisLimit} ms, not ${millis}`)
    }
    return this.#ask({ operation: Operation.expire, key: this.#encode(key), operand: millis })
  }

  /** Resolves when this key, which this client let expire, is gone. Ask before calling `expire`. */
  expired(key: string): Promise<void> {
    return new Promise((resolve) => {
      const listeners = this.#expiries.get(key)
      if (listeners === undefined) this.#expiries.set(key, [resolve])
      else listeners.push(resolve)
    })
  }

  /** No requests after this; resolves when all have been answered. Throws if a reply was damaged. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#ends.filled.notify()
    await this.#pump
    clearInterval(this.#keepAlive)
  }

  #ask(command: Command): Promise<Reply> {
    if (this.#isClosed) throw new Error('the client is closed')
    return new Promise((settle) => {
      this.#waiting.push({ command, settle })
      // Those who ask in the same turn are posted together: waking a service that sleeps is a system call.
      if (this.#waiting.length === 1) queueMicrotask(() => this.#post())
    })
  }

  #post(): void {
    let count = 0
    for (const next of this.#waiting) {
      if (!this.#ends.tryPost(next.command)) break
      this.#posted.push(next)
      count += 1
    }
    if (count === 0) return
    this.#waiting.splice(0, count)
    this.#ends.wake()
  }

  async #run(): Promise<void> {
    const handler = {
      onReply: (reply: Reply) => this.#posted.shift()?.settle(reply),
      onExpired: (key: Uint8Array) => this.#onExpired(this.#decoder.decode(key)),
    }
    while (!this.#isClosed || this.#posted.length + this.#waiting.length > 0) {
      const token = this.#ends.filled.prepare()
      if (this.#ends.poll(pollLimit, handler) > 0) {
        this.#post()
        // Those who were answered go on now, and may ask again.
        await nextTurn()
      } else {
        await this.#ends.filled.waitAsync(token, sleepMicros)
      }
    }
  }

  #onExpired(key: string): void {
    const listeners = this.#expiries.get(key) ?? []
    this.#expiries.delete(key)
    for (const listener of listeners) listener()
  }

  #encode(key: string): Uint8Array {
    const bytes = this.#encoder.encode(key)
    if (bytes.length >= 1 && bytes.length <= keyBytesLimit) return bytes
    throw new RangeError(`a key has 1 to ${keyBytesLimit} bytes; "${key}" has ${bytes.length}`)
  }
}

function checkValue(value: Uint8Array): void {
  if (value.length <= valueBytesLimit) return
  throw new RangeError(`a value has at most ${valueBytesLimit} bytes, not ${value.length}`)
}
