/**
 * Two hosts, each with room for few connections, between which many come and go: each carries a few bytes and
 * is closed, reset, or given up with bytes unread. Whatever its end, its place has to be free for a later
 * one.
 */

import { perfectLink } from '../../device/simulated/link-direction.ts'
import { UpcallError } from '../../protocol/actions.ts'
import { SimulatedClock } from '../../sim/hosts/simulated-clock.ts'
import { openPair } from '../../sim/testing/pair.ts'
import { addresses, simulatedParameters } from '../../sim/testing/parameters.ts'
import type { Endpoint, EndpointHandler } from '../../socket/endpoint.ts'
import type { Stream } from '../../socket/stream.ts'
import { mapIpv4 } from '../../wire/address.ts'
import type { StrategyOption } from '../options.ts'

export interface SuccessionOutcome {
  /** Connections that came to the end that was meant for them. */
  readonly ended: number
  /** Places that are not free when all is over, on both hosts. */
  readonly held: number
}

const listenPort = 4000
const connectionCount = 4
const bytesEach = 300
const limitMicros = 3600e6
/** What the opening end does, in turn, when it has written. */
const ends = ['close', 'abort', 'release'] as const

export function succeed(strategy: StrategyOption, total: number): SuccessionOutcome {
  const applications = [new Opener(total), new Acceptor()] as const
  const side = (index: 0 | 1) => ({
    parameters: simulatedParameters(strategy, index, {
      slotCount: 64,
      machine: { connectionCount, timeWaitCount: 64, sendBufferBytes: 4096, receiveBufferBytes: 4096 },
    }),
    application: applications[index],
    costs: { roundMicros: 5, actionMicros: 10, preemption: 0.01, preemptionMicros: 500 },
    seed: 11 + index,
  })
  const { world, hosts } = openPair({
    clock: new SimulatedClock(),
    seed: 3,
    links: [delayed, delayed],
    sides: [side(0), side(1)],
  })
  applications[0].begin(hosts[0].endpoint)
  applications[1].begin(hosts[1].endpoint)
  world.run(() => applications[0].ended === total, limitMicros)
  // Longer than FIN-WAIT-2 lasts once nobody cares.
  world.settle(200e6)
  return { ended: applications[0].ended, held: world.counted('connectionsUsed') }
}

const delayed = { ...perfectLink, delayMicros: 50 }

/** Opens connections as long as there is room, and ends each in turn in another way. */
class Opener implements EndpointHandler {
  readonly #total: number
  readonly #streams = new Map<Stream, (typeof ends)[number]>()
  #endpoint: Endpoint | undefined
  #begun = 0
  #pending = 0
  ended = 0

  constructor(total: number) {
    this.#total = total
  }

  begin(endpoint: Endpoint): void {
    this.#endpoint = endpoint
  }

  step(): boolean {
    const endpoint = this.#endpoint as Endpoint
    let worked = endpoint.poll(16) > 0
    if (this.#begun < this.#total && this.#pending + this.#streams.size < connectionCount - 1) {
      this.#begun += 1
      this.#pending += 1
      endpoint.connect(this.#begun, mapIpv4(addresses[1]), listenPort, 0)
      worked = true
    }
    for (const [stream, end] of this.#streams) {
      const isOver = end === 'close' ? stream.closedReason !== undefined : true
      if (!isOver) continue
      endpoint.release(stream)
      this.#streams.delete(stream)
      this.ended += 1
      worked = true
    }
    return worked
  }

  onConnected(stream: Stream, cookie: number): void {
    this.#pending -= 1
    const end = ends[cookie % ends.length] as (typeof ends)[number]
    stream.write(new Uint8Array(bytesEach))
    if (end !== 'release') stream[end]()
    this.#streams.set(stream, end)
  }

  onConnectFailed(_cookie: number, error: number): void {
    // Its own places may not be free again yet; and the other host may have none to answer with.
    if (error !== UpcallError.tooManyConnections && error !== UpcallError.timedOut) {
      throw new Error(`a connection failed: ${error}`)
    }
    this.#pending -= 1
    this.#begun -= 1
  }

  onListening(): void {}
  onAccepted(): void {}
  onProgress(): void {}
}

/** Takes what comes; reads every other connection to its end, and gives the others up at once. */
class Acceptor implements EndpointHandler {
  readonly #streams = new Set<Stream>()
  #endpoint: Endpoint | undefined
  #accepted = 0

  begin(endpoint: Endpoint): void {
    this.#endpoint = endpoint
    endpoint.listen(1, listenPort, 3)
  }

  step(): boolean {
    const endpoint = this.#endpoint as Endpoint
    const worked = endpoint.poll(16) > 0
    for (const stream of this.#streams) {
      stream.consume(stream.readWindow(1000).length)
      if (!stream.finished && stream.closedReason === undefined) continue
      endpoint.release(stream)
      this.#streams.delete(stream)
    }
    return worked
  }

  onAccepted(stream: Stream): void {
    this.#accepted += 1
    this.#endpoint?.accept(stream)
    if (this.#accepted % 2 === 0) this.#endpoint?.release(stream)
    else this.#streams.add(stream)
  }

  onListening(): void {}
  onConnected(): void {}
  onConnectFailed(): void {}
  onProgress(): void {}
}
