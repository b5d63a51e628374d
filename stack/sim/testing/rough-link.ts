/**
 * The path of a rough scenario between two simulated hosts (see `protocol/testing/rough-way.ts`): its frames are bytes. The
 * devices at its ends cut and merge them as the scenario says.
 */
import type { Device } from '../../device/device.ts'
import { fragmentationNeeded, packetBytesOf } from '../../device/simulated/fragmentation-needed.ts'
import type { FrameEntrance, FrameExit } from '../../device/simulated/frame-direction.ts'
import { endThat, type SimulatedEnd, SimulatedEndpoint } from '../../device/simulated/simulated-endpoint.ts'
import type { Region } from '../../dominoes/memory/region.ts'
import type { Habits, RoughScenario, Side } from '../../protocol/testing/rough-scenario.ts'
import { type Arrival, type FrameKind, RoughWay } from '../../protocol/testing/rough-way.ts'
import { readUint16 } from '../../wire/big-endian.ts'
import { EtherType, ethernetHeaderBytes, etherTypeOf } from '../../wire/ethernet.ts'
import { TcpFlag } from '../../wire/header.ts'
import { IpProtocol, ipv4Protocol } from '../../wire/ipv4.ts'
import { supersedesAck } from '../../wire/superseded-ack.ts'
import type { SimulatedClock } from '../hosts/simulated-clock.ts'

/** From the start of a frame to the IPv4 header's length field, and to TCP's flags. */
const ipLengthOffset = ethernetHeaderBytes + 2
const tcpFlagsOffset = ethernetHeaderBytes + 20 + 12

/** The device of a host with these habits; `frameBytes`: of the largest single frame. */
export function roughEnd({ cuts = false, merges = false }: Habits, frameBytes: number): SimulatedEnd {
  return endThat({ cuts, merges }, frameBytes)
}

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
    const rightwards: Direction = new Direction(clock, scenario, 'left', (frame) => leftwards.carry(frame))
    const leftwards: Direction = new Direction(clock, scenario, 'right', (frame) => rightwards.carry(frame))
    this.#ways = [rightwards, leftwards]
    const end = (side: Side): SimulatedEnd => roughEnd(scenario[side], frameBytes)
    this.left = new SimulatedEndpoint(regions[0], end('left'), rightwards, leftwards)
    this.right = new SimulatedEndpoint(regions[1], end('right'), leftwards, rightwards)
  }

  /** Frames that hosts and routers sent. */
  get written(): number {
    return this.#ways[0].written + this.#ways[1].written
  }

  nextEventMicros(): number {
    return Math.min(this.#ways[0].nextEventMicros(), this.#ways[1].nextEventMicros())
  }
}

const frames: FrameKind<Uint8Array> = {
  isArp: (bytes) => etherTypeOf(bytes, 0) === EtherType.arp,
  isSyn: (bytes) => isTcp(bytes) && ((bytes[tcpFlagsOffset + 1] as number) & TcpFlag.syn) !== 0,
  isBareAck,
  supersedes,
  packetBytes: (bytes) => packetBytesOf(bytes, 0, bytes.length),
  fragmentationNeeded: (bytes, mtuBytes) => fragmentationNeeded(bytes, 0, bytes.length, mtuBytes),
  damaged,
}

/** One direction, with what is under way. */
class Direction implements FrameEntrance, FrameExit {
  readonly #clock: SimulatedClock
  readonly #way: RoughWay<Uint8Array>
  readonly #answer: (frame: Uint8Array) => void
  readonly #arrivals: Arrival<Uint8Array>[] = []
  written = 0

  /** `answer`: sends a router's message the other way. */
  constructor(
    clock: SimulatedClock,
    scenario: RoughScenario,
    from: Side,
    answer: (frame: Uint8Array) => void,
  ) {
    this.#clock = clock
    this.#answer = answer
    this.#way = new RoughWay(scenario, from, frames)
  }

  nextEventMicros(): number {
    return this.#arrivals[0]?.at ?? Number.POSITIVE_INFINITY
  }

  send(from: Uint8Array, at: number, length: number): boolean {
    const frame = Uint8Array.from(from.subarray(at, at + length))
    const refusal = this.#way.refusal(frame)
    if (refusal === undefined) this.carry(frame)
    else this.#answer(refusal)
    return true
  }

  /** Sends a frame that no router refuses. */
  carry(frame: Uint8Array): void {
    this.written += 1
    for (const arrival of this.#way.send(frame, this.#clock.nowMicros())) this.#add(arrival)
  }

  peek(to: Uint8Array, at: number, limit: number): number {
    const first = this.#arrivals[0]
    if (first === undefined || first.at > this.#clock.nowMicros()) return 0
    const { frame } = first
    if (frame.length > limit) throw new RangeError(`a frame of ${frame.length} bytes, room for ${limit}`)
    to.set(frame, at)
    return frame.length
  }

  receive(to: Uint8Array, at: number, limit: number): number {
    const length = this.peek(to, at, limit)
    if (length > 0) this.#arrivals.shift()
    return length
  }

  #add(arrival: Arrival<Uint8Array>): void {
    const list = this.#arrivals
    let index = list.length
    while (index > 0 && (list[index - 1] as Arrival<Uint8Array>).at > arrival.at) index -= 1
    list.splice(index, 0, arrival)
  }
}

function isTcp(bytes: Uint8Array): boolean {
  return (
    etherTypeOf(bytes, 0) === EtherType.ipv4 && ipv4Protocol(bytes, ethernetHeaderBytes) === IpProtocol.tcp
  )
}

/** An IPv4 packet without options, TCP, no flag but ACK and no payload. */
function isBareAck(bytes: Uint8Array): boolean {
  if (!isTcp(bytes)) return false
  const headerBytes = 20 + 4 * ((bytes[tcpFlagsOffset] as number) >> 4)
  return bytes[tcpFlagsOffset + 1] === TcpFlag.ack && readUint16(bytes, ipLengthOffset) === headerBytes
}

function supersedes(older: Uint8Array, newer: Uint8Array): boolean {
  const both = new Uint8Array(older.length + newer.length)
  both.set(older)
  both.set(newer, older.length)
  return supersedesAck(both, 0, older.length, older.length, newer.length)
}

/** The Ethernet header is spared: a real one would be found damaged by its check sequence. */
function damaged(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice()
  const place = bit % ((copy.length - ethernetHeaderBytes) * 8)
  const byte = ethernetHeaderBytes + (place >> 3)
  copy[byte] = (copy[byte] as number) ^ (1 << (place & 7))
  return copy
}
