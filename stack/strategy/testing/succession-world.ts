/**
 * Two hosts, each with room for few connections, between which many come and go: each carries a few bytes and
 * is closed, reset, or given up with bytes unread. Whatever its end, its place has to be free for a later
 * one.
 */

import { perfectLink } from '../../device/simulated/link-direction.ts'
import { SimulatedLink } from '../../device/simulated/simulated-link.ts'
import { openRegion, type Region } from '../../dominoes/memory/region.ts'
import { UpcallError } from '../../protocol/actions.ts'
import { planLayout } from '../../protocol/state/layout.ts'
import { tcbRecord } from '../../protocol/state/tcb.ts'
import { testConfig } from '../../protocol/testing/host.ts'
import { SimHost } from '../../sim/hosts/sim-host.ts'
import { SimulatedClock } from '../../sim/hosts/simulated-clock.ts'
import { runWorld, settleWorld } from '../../sim/hosts/world.ts'
import type { Endpoint, EndpointHandler } from '../../socket/endpoint.ts'
import type { Stream } from '../../socket/stream.ts'
import { mapIpv4 } from '../../wire/address.ts'
import { type StackLayout, stateOf } from '../layout/stack-layout.ts'
import type { StackParameters, StrategyOption } from '../options.ts'
import type { ShardedLayout } from '../sharded/shard-layout.ts'
import { strategyOf } from '../strategies.ts'

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
const addresses = [0x0a000001, 0x0a000002] as const
/** What the opening end does, in turn, when it has written. */
const ends = ['close', 'abort', 'release'] as const

export function succeed(strategy: StrategyOption, total: number): SuccessionOutcome {
  const clock = new SimulatedClock()
  const parameters = addresses.map((_, side) => parametersOf(strategy, side))
  const layouts = parameters.map((each) => strategyOf(each).plan(each))
  const regions = layouts.map(({ sizeBytes }) => openRegion(new SharedArrayBuffer(sizeBytes)))
  const link = new SimulatedLink(
    { clock, seed: 3, mtuBytes: 1500, forward: delayed, backward: delayed },
    regions[0] as Region,
    regions[1] as Region,
  )
  const applications = [new Opener(total), new Acceptor()] as const
  const hosts = applications.map(
    (application, side) =>
      new SimHost({
        clock,
        clockOrigin: 0,
        parameters: parameters[side] as StackParameters,
        layout: layouts[side] as StackLayout,
        region: regions[side] as Region,
        device: side === 0 ? link.near : link.far,
        application,
        costs: { roundMicros: 5, actionMicros: 10, preemption: 0.01, preemptionMicros: 500 },
        seed: 11 + side,
      }),
  ) as [SimHost, SimHost]
  for (const [side, application] of applications.entries())
    application.begin((hosts[side] as SimHost).endpoint)
  const world = { clock, hosts, wire: link }
  runWorld(world, () => applications[0].ended === total, limitMicros)
  // Longer than FIN-WAIT-2 lasts once nobody cares.
  settleWorld(world, 200e6)
  const held = hosts.map((_, side) =>
    heldConnections(
      regions[side] as Region,
      layouts[side] as StackLayout,
      parameters[side] as StackParameters,
    ),
  )
  return { ended: applications[0].ended, held: held.reduce((sum, each) => sum + each, 0) }
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

/** In the first state, or in every state of a sharded stack. */
function heldConnections(
  region: Region,
  layout: StackLayout,
  { strategy, machine }: StackParameters,
): number {
  const isSharded = strategy.kind === 'sharded'
  const config = isSharded ? { ...machine, connectionCount: (layout as ShardedLayout).connections } : machine
  const { connections } = planLayout(config)
  let held = 0
  for (let state = 0; state < (isSharded ? layout.replicas : 1); state++) {
    const words = stateOf(region, layout, state)
    for (let index = 0; index < config.connectionCount; index++) {
      if (tcbRecord.read(words, connections + index * tcbRecord.words).flags !== 0) held += 1
    }
  }
  return held
}

function parametersOf(strategy: StrategyOption, side: number): StackParameters {
  return {
    strategy,
    device: {
      kind: 'tap',
      name: 'simulated',
      descriptor: -1,
      capabilities: { frameBytes: 1514, virtioHeader: false, checksumOffload: false },
    },
    payloadWork: { kind: 'checksum' },
    idle: { kind: 'none' },
    slotCount: 64,
    digestStride: 16,
    machine: {
      ...testConfig,
      address: addresses[side] as number,
      etherLow: side + 1,
      gateway: 0,
      connectionCount,
      timeWaitCount: 64,
      sendBufferBytes: 4096,
      receiveBufferBytes: 4096,
    },
  }
}
