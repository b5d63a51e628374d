/**
 * What the demonstration's clients do: seeded requests of all kinds, every reply compared with a model. Keys of its own
 * let a client predict each reply, since requests are applied in the order in which they were made; a shared counter,
 * incremented by compare-and-set, shows that clients see one order; keys that expire are waited for.
 */
import type { KeyValueClient } from './client.ts'
import type { Reply } from './client-ends.ts'
import { Status } from './messages.ts'

export interface WorkloadOptions {
  readonly client: number
  readonly seed: number
  /** Requests kept outstanding. */
  readonly depth: number
  /** Ends the workload when it answers false. */
  readonly goesOn: (requests: number) => boolean
}

export interface WorkloadResult {
  readonly requests: number
  readonly increments: number
  readonly expiries: number
  /** Replies that were not what the model says; the first few, in words. */
  readonly wrong: readonly string[]
}

export const counterKey = 'shared counter'

const ownKeys = 24
/** A side task pauses for this many of the main one's requests: they are seasoning, not load. */
const pauseRequests = 200

interface Known {
  readonly value: Uint8Array
  version: number
}

export class Workload {
  readonly #store: KeyValueClient
  readonly #options: WorkloadOptions
  readonly #model = new Map<string, Known>()
  readonly #wrong: string[] = []
  readonly #values: readonly Uint8Array[]
  /** Of the side tasks, the earliest end first. */
  readonly #pauses: { readonly at: number; readonly resolve: () => void }[] = []
  #random: number
  #requests = 0
  #isOver = false

  constructor(store: KeyValueClient, options: WorkloadOptions) {
    this.#store = store
    this.#options = options
    this.#random = options.seed | 0
    this.#values = Array.from({ length: 16 }, (_, k) => sampleValue(options.seed + k))
  }

  /** Requests answered so far. */
  get requests(): number {
    return this.#requests
  }

  async run(): Promise<WorkloadResult> {
    const side = Promise.all([this.#increment(), this.#letExpire()])
    const { depth, goesOn } = this.#options
    const inFlight = new Array<Promise<void> | undefined>(depth)
    for (let k = 0; goesOn(this.#requests); k = (k + 1) % depth) {
      await inFlight[k]
      inFlight[k] = this.#one()
    }
    await Promise.all(inFlight)
    this.#isOver = true
    this.#endPauses()
    const [increments, expiries] = await side
    return { requests: this.#requests, increments, expiries, wrong: this.#wrong }
  }

  /** Makes one request, and says what its reply has to be. */
  async #one(): Promise<void> {
    const key = `${this.#options.client}/${this.#below(ownKeys)}`
    const known = this.#model.get(key)
    const choice = this.#below(100)
    if (choice < 75) {
      const reply = await this.#store.get(key)
      this.#expect(`get ${key}`, reply, known === undefined ? Status.missing : Status.done)
      if (known !== undefined && (reply.version !== known.version || !isEqual(reply.value, known.value))) {
        this.#complain(`get ${key}: not what was put last`)
      }
    } else if (choice < 92) {
      const written = { value: this.#anyValue(), version: 0 }
      this.#model.set(key, written)
      const reply = await this.#store.put(key, written.value)
      this.#expect(`put ${key}`, reply, Status.done)
      written.version = reply.version
    } else if (choice < 96) {
      this.#model.delete(key)
      const reply = await this.#store.remove(key)
      this.#expect(`remove ${key}`, reply, known === undefined ? Status.missing : Status.done)
    } else {
      // No key has this version: versions count up from 1.
      const reply = await this.#store.compareAndSet(key, -1, this.#anyValue())
      this.#expect(`compareAndSet ${key}`, reply, Status.conflict)
    }
    this.#requests += 1
    this.#endPauses()
  }

  /** Adds 1 to the counter that all clients share, as often as there is time; answers how often it did. */
  async #increment(): Promise<number> {
    let increments = 0
    while (!this.#isOver) {
      const { value, version } = await this.#store.get(counterKey)
      const { status } = await this.#store.compareAndSet(counterKey, version, toBytes(toNumber(value) + 1))
      if (status === Status.done) increments += 1
      else if (status !== Status.conflict) this.#complain(`increment: status ${status}`)
      await this.#pause()
    }
    return increments
  }

  async #letExpire(): Promise<number> {
    let expiries = 0
    while (!this.#isOver) {
      const key = `${this.#options.client}/expires`
      const gone = this.#store.expired(key)
      this.#expect(`put ${key}`, await this.#store.put(key, this.#anyValue()), Status.done)
      this.#expect(`expire ${key}`, await this.#store.expire(key, 1 + this.#below(4)), Status.done)
      await gone
      this.#expect(`get ${key}`, await this.#store.get(key), Status.missing)
      expiries += 1
      await this.#pause()
    }
    return expiries
  }

  /** Until so many more requests of the main task are answered, or it is over. */
  #pause(): Promise<void> {
    const at = this.#requests + pauseRequests
    return this.#isOver ? Promise.resolve() : new Promise((resolve) => this.#pauses.push({ at, resolve }))
  }

  #endPauses(): void {
    while (this.#pauses[0] !== undefined && (this.#isOver || this.#pauses[0].at <= this.#requests)) {
      this.#pauses.shift()?.resolve()
    }
  }

  #expect(what: string, reply: Reply, status: number): void {
    if (reply.status !== status) this.#complain(`${what}: status ${reply.status}, not ${status}`)
  }

  #complain(what: string): void {
    if (this.#wrong.length < 10) this.#wrong.push(`client ${this.#options.client}, ${what}`)
  }

  #anyValue(): Uint8Array {
    return this.#values[this.#below(this.#values.length)] as Uint8Array
  }

  #below(bound: number): number {
    this.#random = (Math.imul(this.#random, 1664525) + 1013904223) | 0
    return (this.#random >>> 8) % bound
  }
}

/** The counter's number in a value; 0 if there is none. */
export function toNumber(value: Uint8Array): number {
  return value.length === 0 ? 0 : new DataView(value.buffer, value.byteOffset).getUint32(0)
}

function toBytes(count: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, count)
  return bytes
}

/** Some kilobytes such as stores hold: text that repeats itself in parts. */
function sampleValue(seed: number): Uint8Array {
  let text = ''
  for (let k = 0; text.length < 4000; k++) {
    const number = (Math.imul(seed * 31 + k, 0x9e3779b1) >>> 0) % 100_000
    text += `{"account":${number},"owner":"client ${seed % 7}","balance":${(number * 7) % 9999}},`
  }
  return new TextEncoder().encode(text.slice(0, 4000 + (seed % 64)))
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0
}
