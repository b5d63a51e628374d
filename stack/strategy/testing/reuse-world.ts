/**
 * A host with room for one connection whose thread is held up in the midst of one action of the first connection, while
 * that connection ends and a second one, from the same peer, wants its place. What the second one's streams then hold
 * shows whether the late action went into them, or took from them.
 */

import type { Device } from '../../device/device.ts'
import { perfectLink } from '../../device/simulated/link-direction.ts'
import type { Region } from '../../dominoes/memory/region.ts'
import { Action } from '../../protocol/actions.ts'
import type { Death } from '../../sim/hosts/deaths.ts'
import { SimulatedClock } from '../../sim/hosts/simulated-clock.ts'
import { openPair } from '../../sim/testing/pair.ts'
import { addresses, simulatedParameters } from '../../sim/testing/parameters.ts'
import type { Endpoint, EndpointHandler } from '../../socket/endpoint.ts'
import type { Stream } from '../../socket/stream.ts'
import { mapIpv4 } from '../../wire/address.ts'
import type { StrategyOption } from '../options.ts'

export interface ReuseOutcome {
  /** Bytes of the second connection, as its receiver has them, that are not the second connection's. */
  readonly foreignReceived: number
  /** Bytes in frames of either connection that are not that connection's. */
  readonly foreignSent: number
  /** Whether the thread was held up, and the second connection came to its end. */
  readonly wasHeldUp: boolean
  readonly isDone: boolean
}

const listenPort = 4000
const localPorts = [33_001, 33_002] as const
const bytesOfStream = 3000
/** What every byte of the first and the second connection is. */
const fillings = [0x11, 0x22] as const
const heldUpMicros = 300_000
const limitMicros = 20e6
const costs = { roundMicros: 5, actionMicros: 2, preemption: 0, preemptionMicros: 1 }

/**
 * `direction`: whether the host under test receives or sends. `dies`: its thread does not come back after the action is
 * claimed, and what it left is finished after as long a time.
 */
export function reuseIndex(
  strategy: StrategyOption,
  direction: 'receive' | 'send',
  dies = false,
): ReuseOutcome {
  const clock = new SimulatedClock()
  const kind = direction === 'receive' ? Action.deliver : Action.sendSegment
  const obstacle = new Obstacle(kind, dies, () => clock.nowMicros())
  const applications = [
    new Opener(direction === 'receive'),
    new Acceptor(direction === 'send', () => obstacle.wasMet),
  ] as const
  let tap: Tap | undefined
  const { world, hosts } = openPair({
    clock,
    seed: 1,
    links: [delayed, delayed],
    sides: [
      {
        parameters: simulatedParameters({ kind: 'sequential' }, 0, { machine: { connectionCount: 4 } }),
        application: applications[0],
        costs,
        seed: 7,
      },
      {
        parameters: simulatedParameters(strategy, 1, { machine: { connectionCount: 1 } }),
        application: applications[1],
        costs,
        seed: 8,
        actionMicros: obstacle.actionMicros,
        wrapDevice: (device, region) => {
          tap = new Tap(region, device)
          return tap
        },
        ...(dies && { deaths: obstacle.deaths() }),
      },
    ],
  })
  applications[1].listen(hosts[1].endpoint)
  // The handshake emits segments, too, so hold up the first segment that carries bytes.
  obstacle.isArmed = () => applications[direction === 'receive' ? 0 : 1].hasWritten
  applications[0].begin(hosts[0].endpoint)
  const receiver = direction === 'receive' ? applications[1] : applications[0]
  const isDone = world.run(() => receiver.received !== undefined, limitMicros)
  world.settle(1e6)
  return {
    foreignReceived: receiver.received?.filter((byte) => byte !== fillings[1]).length ?? 0,
    foreignSent: tap?.foreign ?? 0,
    wasHeldUp: obstacle.wasMet,
    isDone,
  }
}

const delayed = { ...perfectLink, delayMicros: 50 }

/** Opens one connection after the other: the second when the first is over. */
class Opener implements EndpointHandler {
  readonly #writes: boolean
  #endpoint: Endpoint | undefined
  #stream: Stream | undefined
  #opened = 0
  hasWritten = false
  received: Uint8Array | undefined

  constructor(writes: boolean) {
    this.#writes = writes
  }

  begin(endpoint: Endpoint): void {
    this.#endpoint = endpoint
    endpoint.connect(1, mapIpv4(addresses[1]), listenPort, localPorts[0])
  }

  step(): boolean {
    const upcalls = this.#endpoint?.poll(16) ?? 0
    const stream = this.#stream
    if (stream === undefined) return upcalls > 0
    if (this.#opened === 2) this.received ??= wholeStream(stream)
    if (stream.finished && stream.closedReason === undefined && this.#opened === 1) stream.close()
    if (stream.closedReason === undefined || this.#opened !== 1) return upcalls > 0
    this.#stream = undefined
    this.#endpoint?.release(stream)
    this.#endpoint?.connect(2, mapIpv4(addresses[1]), listenPort, localPorts[1])
    return true
  }

  onConnected(stream: Stream): void {
    this.#stream = stream
    if (this.#writes) stream.write(new Uint8Array(bytesOfStream).fill(fillings[this.#opened] as number))
    this.hasWritten = this.#writes
    this.#opened += 1
  }

  onConnectFailed(): void {
    throw new Error('a connection failed')
  }

  onListening(): void {}
  onAccepted(): void {}
  onProgress(): void {}
}

/** Ends the first connection early, whatever is still to come; keeps the second. */
class Acceptor implements EndpointHandler {
  readonly #writes: boolean
  readonly #isTime: () => boolean
  #endpoint: Endpoint | undefined
  #first: Stream | undefined
  #second: Stream | undefined
  #accepted = 0
  hasWritten = false
  received: Uint8Array | undefined

  /** `isTime`: to end the first. */
  constructor(writes: boolean, isTime: () => boolean) {
    this.#writes = writes
    this.#isTime = isTime
  }

  listen(endpoint: Endpoint): void {
    this.#endpoint = endpoint
    endpoint.listen(1, listenPort, 4)
  }

  step(): boolean {
    const upcalls = this.#endpoint?.poll(16) ?? 0
    if (this.#second !== undefined) this.received ??= wholeStream(this.#second)
    if (this.#first === undefined || !this.#isTime()) return upcalls > 0
    if (this.#writes) this.#first.abort()
    this.#endpoint?.release(this.#first)
    this.#first = undefined
    return true
  }

  onAccepted(stream: Stream): void {
    if (this.#accepted === 0) this.#first = stream
    else this.#second = stream
    this.hasWritten = this.#writes
    if (this.#writes) stream.write(new Uint8Array(bytesOfStream).fill(fillings[this.#accepted] as number))
    this.#accepted += 1
  }

  onConnected(): void {}
  onConnectFailed(): void {}
  onListening(): void {}
  onProgress(): void {}
}

function wholeStream(stream: Stream): Uint8Array | undefined {
  return stream.readableBytes === bytesOfStream ? stream.readWindow(bytesOfStream).slice() : undefined
}

/** Holds up, or kills, whichever thread comes to the first action of a kind. */
class Obstacle {
  readonly #kind: number
  readonly #kills: boolean
  readonly #nowMicros: () => number
  isArmed: () => boolean = () => false
  wasMet = false
  #diedAt = Number.POSITIVE_INFINITY
  #victim = -1

  constructor(kind: number, kills: boolean, nowMicros: () => number) {
    this.#kind = kind
    this.#kills = kills
    this.#nowMicros = nowMicros
  }

  readonly actionMicros = (thread: number, kind: number): number | undefined => {
    if (kind !== this.#kind || this.wasMet || !this.isArmed()) return undefined
    this.wasMet = true
    if (!this.#kills) return heldUpMicros
    this.#victim = thread
    this.#diedAt = this.#nowMicros()
    throw new Killed()
  }

  /** A killer for each of two replicas, of which one will meet the obstacle; it is noticed late. */
  deaths(): Death[] {
    return [0, 1].map((replica) => ({ replica, comesBack: false, killer: this.#killerOf(replica) }))
  }

  #killerOf(replica: number): Death['killer'] {
    const isNoticed = () => this.#victim === replica && this.#nowMicros() >= this.#diedAt + heldUpMicros
    return {
      get isDead() {
        return isNoticed()
      },
      run: (round) => {
        try {
          round()
        } catch (error) {
          if (!(error instanceof Killed)) throw error
        }
      },
    }
  }
}

class Killed extends Error {}

/** Looks at the payload of every frame that leaves. */
class Tap implements Device {
  readonly capabilities: Device['capabilities']
  readonly #region: Region
  readonly #device: Device
  foreign = 0

  constructor(region: Region, device: Device) {
    this.#region = region
    this.#device = device
    this.capabilities = device.capabilities
  }

  read(at: number, limit: number): number {
    return this.#device.read(at, limit)
  }

  write(at: number, length: number): boolean {
    const frame = this.#region.bytes.subarray(at, at + length)
    const isTcp = frame[12] === 8 && frame[13] === 0 && frame[23] === 6
    if (isTcp) {
      const port = ((frame[36] as number) << 8) | (frame[37] as number)
      const headerBytes = 34 + ((frame[46] as number) >> 4) * 4
      const ownFilling = fillings[localPorts.indexOf(port as 33_001)]
      this.foreign += frame.subarray(headerBytes).filter((byte) => byte !== ownFilling).length
    }
    return this.#device.write(at, length)
  }

  wait(micros: number): void {
    this.#device.wait(micros)
  }

  wake(): void {
    this.#device.wake()
  }

  close(): void {
    this.#device.close()
  }
}
