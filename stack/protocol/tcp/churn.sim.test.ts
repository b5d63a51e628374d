/**
 * Connections that come and go at random, with wrong requests and stray frames among them. A shadow applies the same
 * requests; actions and digests of both have to be equal after each. At the end no connection may be left.
 */
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Random } from '../../device/random.ts'
import { Format, OptionBit, TcpFlag, Verdict } from '../../wire/header.ts'
import { type Head, localAddress, peerAddress, peerEther, TestHost } from '../testing/host.ts'
import { Claim, Invariants } from '../testing/invariants/invariants.ts'
import type { ReadableAction, SentSegment } from '../testing/readable.ts'

const config = { connectionCount: 4, timeWaitCount: 3, segmentCount: 8, sendBufferBytes: 4096 }
const queueCapacity = 64
const steps = 4000
const kinds = ['listen', 'unlisten', 'connect', 'accept', 'send', 'read', 'close'] as const
const endings = ['abort', 'release'] as const
const ports = [5000, 5001]

class Churn {
  readonly host = new TestHost(config, queueCapacity)
  readonly shadow = new TestHost(config, queueCapacity)
  readonly random: Random
  /** Ids that the application holds. */
  readonly ids: number[] = []
  /** Ids of drained connections that are not freed yet. */
  readonly drained: number[] = []
  /** The last segments that were sent, for the peer to answer. */
  readonly sent: SentSegment[] = []
  opened = 0
  closed = 0

  constructor(seed: number) {
    this.random = new Random(seed)
    for (const host of [this.host, this.shadow]) {
      host.now = 0
      // The peer changes its sequence numbers at random and sends bytes beyond its own FIN, so the receiver's
      // invariants do not hold and are left out.
      host.invariants = new Invariants(
        host.config,
        host.state,
        Claim.scoreboard | Claim.tables | Claim.timers,
      )
    }
  }

  step(): void {
    const { random } = this
    const micros = random.chance(0.02) ? random.below(30_000_000) : random.below(2000)
    const bits = random.next()
    for (const host of [this.host, this.shadow]) {
      host.now += micros
      host.random = bits
    }
    const choice = random.below(10)
    if (choice < 3) this.call()
    else if (choice < 4) this.does((host) => host.tick())
    else this.frame()
  }

  /** Does the same on both hosts; actions and digests have to be equal. */
  does(act: (host: TestHost) => ReadableAction[]): void {
    const actions = act(this.host)
    if (!isDeepStrictEqual(act(this.shadow), actions)) throw new Error('the shadow did something else')
    if (this.host.machine.digestAll() !== this.shadow.machine.digestAll()) throw new Error('digests differ')
    for (const action of actions) this.perform(action)
  }

  /** Stops listening, waits until connections without an answer give up, and ends, releases and frees all others. */
  endAll(): void {
    for (const port of ports) this.does((host) => host.unlisten(port))
    this.does((host) => host.wait(3_000_000_000))
    for (const id of this.ids) {
      this.does((host) => host.abort(id))
      this.does((host) => host.release(id))
    }
    while (this.drained.length > 0) this.free()
  }

  private perform(action: ReadableAction): void {
    if (action.action === 'segment') {
      this.sent.push(action)
      if (this.sent.length > 4) this.sent.shift()
    } else if (action.action === 'upcall') {
      const { upcall, connection } = action
      if (upcall === 'accepted' || upcall === 'connected') {
        this.ids.push(connection)
        this.opened += 1
      } else if (upcall === 'closed') {
        this.closed += 1
      } else if (upcall === 'drained') {
        this.drained.push(connection)
      }
    }
  }

  private call(): void {
    const { random, ids } = this
    const kind = random.chance(0.2) ? random.below(2) : -1
    const chosen = random.below(Math.max(1, ids.length))
    const isStray = random.chance(0.1)
    const id = isStray ? random.next() : (ids[chosen] ?? 0)
    const position = random.below(5000)
    const port = ports[random.below(2)] as number
    const ownPort = random.chance(0.5) ? 0 : 33_000 + random.below(4)
    const name = endings[kind] ?? (kinds[random.below(kinds.length)] as (typeof kinds)[number])
    if (name === 'release' && !isStray) ids.splice(chosen, 1)
    const calls: Record<typeof name, (host: TestHost) => ReadableAction[]> = {
      listen: (host) => host.listen(port, 4),
      unlisten: (host) => host.unlisten(port),
      connect: (host) => host.connect(80, ownPort),
      accept: (host) => host.accept(id),
      send: (host) => host.send(id, position),
      read: (host) => host.read(id, position),
      close: (host) => host.close(id, position),
      abort: (host) => host.abort(id),
      release: (host) => host.release(id, position, position >> 1),
    }
    this.does(calls[name])
    if (random.chance(0.5)) this.free()
  }

  /** Frees the oldest drained connection: all threads are done with it. */
  private free(): void {
    const id = this.drained.shift()
    if (id !== undefined) this.does((host) => host.free(id))
  }

  /** A frame arrives: mostly an answer to a segment that was sent, with a few fields changed. */
  private frame(): void {
    const { random, sent } = this
    const answered = random.chance(0.1) ? undefined : sent[random.below(Math.max(1, sent.length))]
    const head: Head = {
      format: random.chance(0.03) ? random.below(6) : Format.tcp,
      etherSourceHigh: peerEther[0],
      etherSourceLow: peerEther[1],
      ipSource: peerAddress,
      ipDestination: localAddress,
      sourcePort: answered?.destinationPort ?? 40_000 + random.below(4),
      destinationPort: answered?.sourcePort ?? (ports[random.below(2)] as number),
      window: random.below(3) * 1000,
      payloadLength: random.chance(0.5) ? random.below(1500) : 0,
      ...(answered === undefined ? { sequence: random.next(), flags: TcpFlag.syn } : this.answer(answered)),
    }
    const verdict = random.chance(0.02) ? Verdict.malformed : Verdict.accepted
    this.does((host) => host.frame(head, verdict))
  }

  /** A segment that answers one that was sent: with likely flags, and numbers that are right or nearly right. */
  private answer({ flags, sequence, payloadLength, acknowledgment }: SentSegment): Head {
    const { random } = this
    const bend = (): number => (random.chance(0.15) ? random.below(4000) - 2000 : 0)
    const counted = /SYN|FIN/.test(flags) ? 1 : 0
    const end = sequence + payloadLength + counted
    const isFirst = flags === 'SYN'
    const likely = isFirst ? TcpFlag.syn | TcpFlag.ack : TcpFlag.ack
    const odd = random.chance(0.1) ? random.below(64) : random.chance(0.1) ? TcpFlag.fin : 0
    const left = (end + random.below(2000)) | 0
    return {
      sequence: isFirst ? random.next() : (acknowledgment + bend()) | 0,
      acknowledgment: (end + bend()) | 0,
      flags: likely | odd,
      // The handshake agrees on SACK and window scaling, not on timestamps.
      options: isFirst ? OptionBit.sackPermitted | OptionBit.windowScale : 0,
      ...(random.chance(0.2) && { sack: [left, (left + random.below(2000)) | 0] }),
    }
  }
}

describe('connections that come and go', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('keep the machine in step with its shadow (seed %i)', (seed) => {
    const churn = new Churn(seed)
    for (let step = 0; step < steps; step += 1) churn.step()
    // The random walk tests nothing if no connection opens and closes.
    expect(churn.opened).toBeGreaterThan(20)
    expect(churn.closed).toBeGreaterThan(20)
    churn.endAll()
    // The invariants check that the tuple hash and the listeners hold nothing but existing connections.
    expect(churn.host.invariants).toBeDefined()
    expect(churn.host.counters.connectionsUsed).toBe(0)
  })
})
