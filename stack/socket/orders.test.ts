/**
 * Every order of what peers send, what the application calls, and when requests and upcalls are taken: in
 * every order, a connection that is over is given back once, and what arrived before its end can be read.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Connection } from './connection.ts'
import type { Listener } from './listener.ts'
import { listenPort, SocketWorld } from './testing/socket-world.ts'

const runs = process.env.SOAK === undefined ? 300 : 20_000
/** Peers that connect to the stack; to the others it connects. */
const callerCount = 3
const peerCount = 4
const connectionCount = 4

const peerActs = ['ack', 'data', 'fin', 'rst'] as const
const calls = ['read', 'write', 'close', 'finish', 'abort', 'closed'] as const

type PlainKind = 'listen' | 'unlisten' | 'accept' | 'apply' | 'poll' | 'holdUp' | 'letGo'
type Step =
  | { readonly kind: 'peer'; readonly act: (typeof peerActs)[number]; readonly peer: number }
  | { readonly kind: 'call'; readonly call: (typeof calls)[number]; readonly connection: number }
  | { readonly kind: PlainKind }

const peerStep = fc.record({
  kind: fc.constant('peer' as const),
  act: fc.constantFrom(...peerActs),
  peer: fc.nat(peerCount - 1),
})
const callStep = fc.record({
  kind: fc.constant('call' as const),
  call: fc.constantFrom(...calls),
  connection: fc.nat(7),
})
const plain = (...kinds: PlainKind[]) => fc.record({ kind: fc.constantFrom(...kinds) })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: peerStep },
  { weight: 3, arbitrary: callStep },
  { weight: 7, arbitrary: plain('accept', 'apply', 'poll', 'poll') },
  { weight: 1, arbitrary: plain('listen', 'unlisten', 'holdUp', 'letGo') },
)

const portOf = (peer: number, use: number): number => 4000 + 100 * use + peer
const ownPortOf = (peer: number, use: number): number => 33_000 + 100 * use + peer

/** The application's side: what it holds, and what became of what it asked. */
class Driver {
  readonly world = new SocketWorld({ connectionCount })
  readonly connections: Connection[] = []
  /** Bytes that were read of each, and whether the application gave it up. */
  readonly read = new Map<Connection, number>()
  readonly givenUp = new Set<Connection>()
  /** Those that answered a SYN, by port; and how often each was there, by its number. */
  readonly #answered = new Set<number>()
  readonly #uses = new Map<number, number>()
  #listener: Listener | undefined

  async run(steps: readonly Step[]): Promise<void> {
    for (const each of steps) await this.#step(each)
  }

  /** Every peer falls silent or resets, and the application reads to the end, or gives up. */
  async end(): Promise<void> {
    const { world } = this
    world.passedBefore = Number.POSITIVE_INFINITY
    await world.settle()
    this.#listener?.close()
    await world.settle()
    // Half of them wait for the end, which comes by a reset; the others give up.
    for (const [number, connection] of this.connections.entries())
      if (number % 2 === 1) this.#giveUp(connection, 'finish')
    await world.settle()
    for (const peer of world.peers.values()) world.arrive(peer.rst())
    await world.settle()
    for (const connection of this.connections) await this.#readToTheEnd(connection)
    await world.settle()
    world.wait(400_000_000)
    await world.settle()
  }

  async #step(each: Step): Promise<void> {
    const { world } = this
    if (each.kind === 'peer') this.#peer(each.peer, each.act)
    else if (each.kind === 'call') this.#call(this.connections.at(-1 - each.connection), each.call)
    else if (each.kind === 'listen') void this.#listen()
    else if (each.kind === 'unlisten') this.#unlisten()
    else if (each.kind === 'accept') void this.#accept()
    else if (each.kind === 'apply') world.apply()
    else if (each.kind === 'poll') await world.poll()
    else world.passedBefore = each.kind === 'holdUp' ? 0 : Number.POSITIVE_INFINITY
  }

  /** A peer that has not opened yet does that first, whatever it was to do; one that was reset comes again. */
  #peer(number: number, act: (typeof peerActs)[number]): void {
    const { world } = this
    const isCaller = number < callerCount
    let use = this.#uses.get(number) ?? 0
    if (world.peers.get(portOf(number, use))?.isReset) use += 1
    this.#uses.set(number, use)
    const port = portOf(number, use)
    const stackPort = isCaller ? listenPort : ownPortOf(number, use)
    const peer = world.peers.get(port) ?? world.peer(port, stackPort)
    if (peer.isOpening) {
      if (isCaller) world.arrive(peer.syn())
      else this.#connect(port, stackPort)
    } else if (!isCaller && !this.#answered.has(port)) {
      this.#answered.add(port)
      world.arrive(act === 'rst' ? peer.rst() : peer.synAck())
    } else {
      world.arrive(peer[act]())
    }
  }

  #connect(port: number, localPort: number): void {
    this.world.stack
      .connect({ address: '10.0.0.2', port, localPort })
      .then((connection) => this.connections.push(connection))
      .catch(() => {})
  }

  async #listen(): Promise<void> {
    try {
      this.#listener = await this.world.stack.listen(listenPort, { backlog: 2 })
    } catch {}
  }

  #unlisten(): void {
    this.#listener?.close()
    this.#listener = undefined
  }

  async #accept(): Promise<void> {
    const connection = await this.#listener?.accept()
    if (connection) this.connections.push(connection)
  }

  #call(connection: Connection | undefined, call: (typeof calls)[number]): void {
    if (connection === undefined) return
    if (call === 'read') {
      // What is there; a reader that waits would take from the one at the end.
      if (connection.stream.readableBytes > 0) void this.#readOnce(connection)
    } else if (call === 'write') void connection.write(new Uint8Array(50)).catch(() => {})
    else if (call === 'closed') void connection.closed().catch(() => {})
    else if (call === 'close') connection.close()
    else this.#giveUp(connection, call)
  }

  #giveUp(connection: Connection, how: 'finish' | 'abort'): void {
    this.givenUp.add(connection)
    connection[how]()
  }

  async #readOnce(connection: Connection): Promise<void> {
    const bytes = await connection.read()
    this.read.set(connection, (this.read.get(connection) ?? 0) + (bytes?.length ?? 0))
  }

  /** What has arrived; if there is no end, since a segment was lost that nobody sends again, it gives up then. */
  async #readToTheEnd(connection: Connection): Promise<void> {
    while (connection.stream.readableBytes > 0) await this.#readOnce(connection)
    if (connection.stream.closedReason === undefined) this.#giveUp(connection, 'abort')
    else await connection.read().catch(() => null)
  }
}

const once = (ids: readonly number[]) => new Map(ids.map((id) => [String(id), 1]))
const sorted = (counts: ReadonlyMap<string, number>) => [...counts].sort()

const timeout = process.env.SOAK === undefined ? 60_000 : 40 * 60_000

test('whatever the order of events, every connection is released and freed once, and nothing is left', {
  timeout,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80, size: 'max' }), async (steps) => {
      const driver = new Driver()
      const { world } = driver
      try {
        await driver.run([{ kind: 'listen' }, ...steps])
        await driver.end()
        expect(world.held).toBe(0)
        expect(sorted(world.countPosted('release'))).toEqual(sorted(once(world.announced)))
        expect(sorted(world.countPosted('free'))).toEqual(sorted(once(world.announced)))
        for (const connection of driver.connections) {
          if (driver.givenUp.has(connection)) continue
          expect(driver.read.get(connection) ?? 0).toBe(world.delivered.get(connection.stream.id) ?? 0)
        }
      } finally {
        await world.stop()
      }
    }),
    { numRuns: runs },
  )
})
