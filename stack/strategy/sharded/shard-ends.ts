/**
 * The application's ends of a sharded stack: one mailbox and one outbox a worker behind what looks like one of each.
 * Application's thread only.
 *
 * A connection's id carries its worker (see `shard-layout.ts`). Listeners exist everywhere, and are announced
 * once all do. A connection that is opened goes to a worker in turn, which chooses a port that makes it its
 * own; one with a given port goes where its tuple belongs.
 */
import { ChannelWord } from '../../dominoes/channel/channel-layout.ts'
import { Mailbox } from '../../dominoes/channel/mailbox.ts'
import { OutboxReader } from '../../dominoes/channel/outbox.ts'
import type { Region } from '../../dominoes/memory/region.ts'
import { Signal } from '../../dominoes/memory/signal.ts'
import { Upcall, UpcallRecord } from '../../protocol/actions.ts'
import type { HashKey } from '../../protocol/keyed-hash.ts'
import {
  ConnectArgument,
  isDatagramRequest,
  MailWord,
  mailWords,
  Request,
  StreamArgument,
} from '../../protocol/requests.ts'
import { shardOfTuple } from '../../protocol/state/tuple-hash.ts'
import type { RequestPort, UpcallPort } from '../running/running-stack.ts'
import type { ShardedLayout } from './shard-layout.ts'

const idWord = MailWord.arguments + StreamArgument.connection

/** Posts each request where it belongs. */
export class ShardPort implements RequestPort {
  readonly #mailboxes: readonly Mailbox[]
  readonly #news: readonly Signal[]
  readonly #isPosted: boolean[]
  readonly #words: Int32Array
  readonly #roleWord: number
  readonly #connections: number
  readonly #secret: HashKey
  readonly #wakeDevice: () => void
  /** A request whose id is the worker's own. */
  readonly #mail = new Int32Array(mailWords)
  #turn = 0

  constructor(region: Region, layout: ShardedLayout, wakeDevice: () => void) {
    this.#mailboxes = layout.shards.map((shard) => new Mailbox(region, shard.posted))
    this.#secret = layout.secret
    this.#news = layout.shards.map((shard) => new Signal(region, shard.newsWord))
    this.#isPosted = layout.shards.map(() => false)
    this.#words = region.words
    this.#roleWord = layout.framework.channel.controlWord + ChannelWord.role
    this.#connections = layout.connections
    this.#wakeDevice = wakeDevice
  }

  tryPostRecord(mail: Int32Array): boolean {
    const kind = mail[MailWord.kind] as number
    if (kind === Request.listen || kind === Request.unlisten) return this.#postToAll(mail)
    if (kind === Request.connect) return this.#post(this.#shardForConnect(mail), mail)
    // All sockets are worker 0's.
    if (isDatagramRequest(kind)) return this.#post(0, mail)
    const id = mail[idWord] as number
    const shard = Math.floor((id & 0xffff) / this.#connections)
    this.#mail.set(mail)
    this.#mail[idWord] = (id - shard * this.#connections) | 0
    return this.#post(shard, this.#mail)
  }

  /** Wakes the workers that were posted to; the one that sleeps in the device by the device's means. */
  wake(): void {
    for (let shard = 0; shard < this.#isPosted.length; shard++) {
      if (this.#isPosted[shard]) this.#wakeOne(shard)
      this.#isPosted[shard] = false
    }
  }

  wakeAll(): void {
    this.#isPosted.fill(true)
    this.wake()
    this.#wakeDevice()
  }

  /**
   * A worker takes the role before it announces itself on the signal: if it is found announced, it is found
   * in the role.
   */
  #wakeOne(shard: number): void {
    if (!(this.#news[shard] as Signal).notify()) return
    if (Atomics.load(this.#words, this.#roleWord) === shard + 1) this.#wakeDevice()
  }

  #shardForConnect(mail: Int32Array): number {
    const count = this.#mailboxes.length
    const addressAt = MailWord.arguments + ConnectArgument.remoteAddress
    const remotePort = mail[MailWord.arguments + ConnectArgument.remotePort] as number
    const localPort = mail[MailWord.arguments + ConnectArgument.localPort] as number
    if (localPort !== 0) return shardOfTuple(this.#secret, mail, addressAt, remotePort, localPort, count)
    this.#turn = (this.#turn + 1) % count
    return this.#turn
  }

  #post(shard: number, mail: Int32Array): boolean {
    // An id that is none goes where it will be ignored.
    const mailbox = this.#mailboxes[shard] ?? (this.#mailboxes[0] as Mailbox)
    if (!mailbox.tryPostRecord(mail)) return false
    this.#isPosted[shard] = true
    return true
  }

  #postToAll(mail: Int32Array): boolean {
    for (const mailbox of this.#mailboxes) if (mailbox.tryOpen() < 0) return false
    for (let shard = 0; shard < this.#mailboxes.length; shard++) this.#post(shard, mail)
    return true
  }
}

/** Takes each worker's upcalls in their order, the workers in turn. */
export class ShardUpcalls implements UpcallPort {
  /** Notified by the upcalls of all workers. */
  readonly filled: Signal
  readonly #words: Int32Array
  readonly #outboxes: readonly OutboxReader[]
  /** Of each cookie whose listeners are not all there yet: how many are. */
  readonly #listening = new Map<number, number>()
  #current = 0

  constructor(region: Region, layout: ShardedLayout) {
    this.#words = region.words
    this.#outboxes = layout.shards.map(
      (shard) => new OutboxReader(region, shard.outbox, new Signal(region, shard.roomWord)),
    )
    this.filled = (this.#outboxes[0] as OutboxReader).filled
  }

  peek(): number {
    const count = this.#outboxes.length
    for (let k = 0; k < count; k++) {
      const at = this.#peekAt((this.#current + k) % count)
      if (at < 0) continue
      this.#current = (this.#current + k) % count
      return at
    }
    return -1
  }

  advance(): void {
    ;(this.#outboxes[this.#current] as OutboxReader).advance()
    this.#current = (this.#current + 1) % this.#outboxes.length
  }

  #peekAt(shard: number): number {
    const outbox = this.#outboxes[shard] as OutboxReader
    for (;;) {
      const at = outbox.peek()
      if (at < 0 || this.#words[at + UpcallRecord.upcall] !== Upcall.listening) return at
      if (this.#isLastListener(this.#words[at + UpcallRecord.cookie] as number)) return at
      outbox.advance()
    }
  }

  /** Counts it: what `peek` returned is advanced past before the next `peek`. */
  #isLastListener(cookie: number): boolean {
    const seen = (this.#listening.get(cookie) ?? 0) + 1
    if (seen < this.#outboxes.length) {
      this.#listening.set(cookie, seen)
      return false
    }
    this.#listening.delete(cookie)
    return true
  }
}
