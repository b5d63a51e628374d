/**
 * The path of a rough scenario between two simulated hosts (see `protocol/testing/rough-way.ts`): its frames are
 * bytes.
 */
import type { Device, DeviceCapabilities } from '../../device/device.ts'
import type { Region } from '../../dominoes/memory/region.ts'
import type { RoughScenario, Side } from '../../protocol/testing/rough-scenario.ts'
import { type Arrival, type FrameKind, RoughWay } from '../../protocol/testing/rough-way.ts'
import { readUint16 } from '../../wire/big-endian.ts'
import { EtherType, ethernetHeaderBytes, etherTypeOf } from '../../wire/ethernet.ts'
import { TcpFlag } from '../../wire/header.ts'
import { supersedesAck } from '../../wire/superseded-ack.ts'
import type { SimulatedClock } from '../hosts/simulated-clock.ts'

/** From the start of a frame to the IPv4 header's length field, and to TCP's flags. */
const ipLengthOffset = ethernetHeaderBytes + 2
const tcpFlagsOffset = ethernetHeaderBytes + 20 + 12

export class RoughLink {
  readonly left: Device
  readonly right: Device
  readonly #ways: readonly [Direction, Direction]

  constructor(
    clock: SimulatedClock,
    scenario: RoughScenario,
    frameBytes: number,
    regions: readonly [Region, Region],
  ) {
    const rightwards = new Direction(clock, scenario, 'left')
    const leftwards = new Direction(clock, scenario, 'right')
    this.#ways = [rightwards, leftwards]
    this.left = new RoughEnd(regions[0], frameBytes, rightwards, leftwards)
    this.right = new RoughEnd(regions[1], frameBytes, leftwards, rightwards)
  }

  get written(): number {
    return this.#ways[0].written + this.#ways[1].written
  }

  nextEventMicros(): number {
    return Math.min(this.#ways[0].nextEventMicros(), this.#ways[1].nextEventMicros())
  }
}

const frames: FrameKind<Uint8Array> = {
  isArp: (bytes) => etherTypeOf(bytes, 0) === EtherType.arp,
  isSyn: (bytes) => ((bytes[tcpFlagsOffset + 1] as number) & TcpFlag.syn) !== 0,
  isBareAck,
  supersedes,
}

/** One direction, with what is under way. */
class Direction {
  readonly #clock: SimulatedClock
  readonly #way: RoughWay<Uint8Array>
  readonly #arrivals: Arrival<Uint8Array>[] = []
  written = 0

  constructor(clock: SimulatedClock, scenario: RoughScenario, from: Side) {
    this.#clock = clock
    this.#way = new RoughWay(scenario, from, frames)
  }

  nextEventMicros(): number {
    return this.#arrivals[0]?.at ?? Number.POSITIVE_INFINITY
  }

  send(bytes: Uint8Array): void {
    this.written += 1
    for (const arrival of this.#way.send(bytes, this.#clock.nowMicros())) this.#add(arrival)
  }

  take(): Uint8Array | undefined {
    const first = this.#arrivals[0]
    if (first === undefined || first.at > this.#clock.nowMicros()) return undefined
    this.#arrivals.shift()
    return first.frame
  }

  #add(arrival: Arrival<Uint8Array>): void {
    const list = this.#arrivals
    let index = list.length
    while (index > 0 && (list[index - 1] as Arrival<Uint8Array>).at > arrival.at) index -= 1
    list.splice(index, 0, arrival)
  }
}

/** An IPv4 packet without options, TCP, no flag but ACK and no payload. */
function isBareAck(bytes: Uint8Array): boolean {
  if (etherTypeOf(bytes, 0) !== EtherType.ipv4) return false
  const headerBytes = 20 + 4 * ((bytes[tcpFlagsOffset] as number) >> 4)
  return bytes[tcpFlagsOffset + 1] === TcpFlag.ack && readUint16(bytes, ipLengthOffset) === headerBytes
}

function supersedes(older: Uint8Array, newer: Uint8Array): boolean {
  const both = new Uint8Array(older.length + newer.length)
  both.set(older)
  both.set(newer, older.length)
  return supersedesAck(both, 0, older.length, older.length, newer.length)
}

class RoughEnd implements Device {
  readonly capabilities: DeviceCapabilities
  readonly #bytes: Uint8Array
  readonly #outgoing: Direction
  readonly #incoming: Direction

  constructor(region: Region, frameBytes: number, outgoing: Direction, incoming: Direction) {
    this.capabilities = { frameBytes, virtioHeader: false, checksumOffload: false }
    this.#bytes = region.bytes
    this.#outgoing = outgoing
    this.#incoming = incoming
  }

  read(at: number, limit: number): number {
    const frame = this.#incoming.take()
    if (frame === undefined) return 0
    if (frame.length > limit) throw new RangeError(`a frame of ${frame.length} bytes, room for ${limit}`)
    this.#bytes.set(frame, at)
    return frame.length
  }

  write(at: number, length: number): boolean {
    this.#outgoing.send(Uint8Array.from(this.#bytes.subarray(at, at + length)))
    return true
  }

  /** Virtual time passes outside. */
  wait(): void {}

  wake(): void {}

  close(): void {}
}
