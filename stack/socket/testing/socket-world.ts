/**
 * A `Stack` over the real protocol machine, without threads and in the test's own time: what the application
 * posts waits until the test lets the machine apply it, and upcalls wait until the test lets the application
 * poll. So every order of frames, requests and polls can be made.
 */
import { setImmediate as flush } from 'node:timers/promises'
import { openRegion } from '../../dominoes/memory/region.ts'
import type { Signal } from '../../dominoes/memory/signal.ts'
import { UpcallRecord, UpcallWord, upcallWords } from '../../protocol/actions.ts'
import type { MachineConfig } from '../../protocol/config.ts'
import { MailWord, Request, StreamArgument } from '../../protocol/requests.ts'
import { datagramBufferBytes } from '../../protocol/state/datagrams.ts'
import { type Head, TestHost } from '../../protocol/testing/host.ts'
import type {
  DatagramUpcall,
  PostedUpcall,
  ReadableAction,
  SentDatagram,
} from '../../protocol/testing/readable.ts'
import type { RunningStack } from '../../strategy/running/running-stack.ts'
import { Stack } from '../stack.ts'
import { ScriptedPeer } from './scripted-peer.ts'

const bufferBytes = 4096
export const listenPort = 80

export class SocketWorld {
  readonly host: TestHost
  readonly stack: Stack
  readonly peers = new Map<number, ScriptedPeer>()
  /** Everything that the application posted, by the request's name and the connection's id. */
  readonly posted: string[] = []
  /** Bytes that were delivered to each connection. */
  readonly delivered = new Map<number, number>()
  /** Datagrams that the machine had transmitted. */
  readonly datagrams: SentDatagram[] = []
  /** Channel indexes below this are passed by all threads. */
  passedBefore = Number.POSITIVE_INFINITY
  /** Requests that the mailbox holds. */
  mailCount = Number.POSITIVE_INFINITY
  readonly #mail: Int32Array[] = []
  readonly #upcalls: { readonly upcall: PostedUpcall | DatagramUpcall; readonly index: number }[] = []
  /** Those that were announced to the application. */
  readonly announced: number[] = []
  readonly #signal = new ManualSignal()
  readonly #words: Int32Array
  #requests = 0

  constructor(config: Partial<MachineConfig> = {}) {
    this.host = new TestHost({ sendBufferBytes: bufferBytes, receiveBufferBytes: bufferBytes, ...config })
    this.host.learn()
    const { connectionCount } = this.host.config
    const ringBytes = connectionCount * bufferBytes
    const datagramBytes = datagramBufferBytes(this.host.config)
    const datagramsAt = 2 * ringBytes
    const datagramRings = datagramBytes * this.host.config.datagramSocketCount
    const recordBytes = datagramsAt + 2 * datagramRings
    const region = openRegion(new SharedArrayBuffer(recordBytes + 128))
    this.#words = region.words
    const recordAt = recordBytes / 4
    const buffers = { sendAt: 0, receiveAt: ringBytes, sendBytes: bufferBytes, receiveBytes: bufferBytes }
    const application: RunningStack['application'] = {
      region,
      buffers,
      datagramBuffers: {
        sendAt: datagramsAt,
        receiveAt: datagramsAt + datagramRings,
        sendBytes: datagramBytes,
        receiveBytes: datagramBytes,
      },
      mailbox: { tryPostRecord: (mail) => this.#post(mail.slice()) },
      outbox: { peek: () => this.#peek(recordAt), advance: () => void this.#upcalls.shift() },
      wake: () => {},
      hasPassed: (index) => index < this.passedBefore,
    }
    this.stack = new Stack(
      { application, upcallSignal: this.#signal as unknown as Signal, stop: async () => {} } as RunningStack,
      0,
    )
  }

  /** A remote host that is about to connect, or that the stack will connect to. */
  peer(port: number, stackPort = listenPort): ScriptedPeer {
    const peer = new ScriptedPeer(port, stackPort)
    this.peers.set(port, peer)
    return peer
  }

  /** Frames arrive, one after the other. */
  arrive(...heads: readonly Head[]): void {
    for (const head of heads) this.#take(this.host.frame(head))
  }

  /** The machine applies what was posted. */
  apply(): void {
    for (let mail = this.#mail.shift(); mail !== undefined; mail = this.#mail.shift()) {
      this.#take(this.host.request(mail[MailWord.kind] as number, [...mail.subarray(MailWord.arguments)]))
    }
  }

  /** The application polls once: all upcalls there are, then whatever waits for them goes on. */
  async poll(): Promise<void> {
    await this.#signal.step()
    await flush()
  }

  /** Polls and applies until neither has anything to do. */
  async settle(): Promise<void> {
    for (let round = 0; round < 50; round++) {
      this.apply()
      await this.poll()
      if (this.#mail.length === 0 && this.#upcalls.length === 0) return
    }
    throw new Error('requests and upcalls go on for ever')
  }

  /** The peer's handshake, up to its last ACK; what the application sees of it waits for a poll. */
  handshake(peer: ScriptedPeer): void {
    this.arrive(peer.syn())
    this.arrive(peer.ack())
  }

  /** Virtual time passes for the machine. */
  wait(micros: number): void {
    this.#take(this.host.wait(micros))
  }

  /** Connections whose indexes are not free. */
  get held(): number {
    return this.host.counters.connectionsUsed
  }

  /** How often the application posted a request about each connection. */
  countPosted(kind: keyof typeof Request): Map<string, number> {
    const counts = new Map<string, number>()
    for (const entry of this.posted) {
      const [name, id] = entry.split(' ') as [string, string]
      if (name === kind) counts.set(id, (counts.get(id) ?? 0) + 1)
    }
    return counts
  }

  async stop(): Promise<void> {
    this.#signal.free()
    await this.stack.stop()
  }

  #post(mail: Int32Array): boolean {
    if (this.#mail.length >= this.mailCount) return false
    const name = Object.entries(Request).find(([, kind]) => kind === mail[MailWord.kind])?.[0]
    this.posted.push(`${name} ${mail[MailWord.arguments + StreamArgument.connection]}`)
    this.#mail.push(mail)
    return true
  }

  #take(actions: readonly ReadableAction[]): void {
    this.#requests += 1
    for (const action of actions) {
      if (action.action === 'segment') this.peers.get(action.destinationPort)?.hear(action)
      else if (action.action === 'arp') this.#take(this.host.learn())
      else if (action.action === 'datagram') this.datagrams.push(action)
      else if (action.action === 'datagram upcall' || action.action === 'datagram delivery') {
        this.#upcalls.push({ upcall: action, index: this.#requests })
      } else if (action.action === 'upcall' || action.action === 'deliver') {
        this.#upcalls.push({ upcall: action, index: this.#requests })
        if (/^(accepted|connected)$/.test(action.upcall)) this.announced.push(action.connection)
        if (action.action === 'deliver') {
          const { connection, payloadLength } = action
          this.delivered.set(connection, (this.delivered.get(connection) ?? 0) + payloadLength)
        }
      }
    }
  }

  #peek(at: number): number {
    const next = this.#upcalls[0]
    if (next === undefined) return -1
    const { upcall, index } = next
    this.#words.set(upcall.words.subarray(UpcallWord.upcall, UpcallWord.upcall + upcallWords), at)
    this.#words[at + UpcallRecord.requestIndex] = index
    return at
  }
}

/** Where the stack's loop sleeps between two polls, until the test lets it go on. */
class ManualSignal {
  #wake: () => void = () => {}
  #onSleep: () => void = () => {}
  #isFree = false

  prepare(): number {
    return 0
  }

  notify(): void {
    this.#wake()
  }

  waitAsync(): Promise<boolean> {
    this.#onSleep()
    if (this.#isFree) return Promise.resolve(true)
    return new Promise((resolve) => {
      this.#wake = () => resolve(true)
    })
  }

  /** Resolves when the loop sleeps again. */
  async step(): Promise<void> {
    const asleep = new Promise<void>((resolve) => {
      this.#onSleep = resolve
    })
    this.#wake()
    await asleep
  }

  free(): void {
    this.#isFree = true
    this.#wake()
  }
}
