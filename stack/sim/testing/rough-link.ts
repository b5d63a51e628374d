/**
 * The way of a rough scenario between two simulated hosts (see `protocol/testing/rough-scenario.ts`): every frame's fate
 * is written down. Bare ACKs may be held back, and one that a later one supersedes never leaves.
 */
import type { Device, DeviceCapabilities } from '../../device/device.ts'
import type { Region } from '../../dominoes/memory/region.ts'
import type { Fate, RoughScenario, Side } from '../../protocol/testing/rough-scenario.ts'
import { readUint16 } from '../../wire/big-endian.ts'
import { EtherType, ethernetHeaderBytes, etherTypeOf } from '../../wire/ethernet.ts'
import { TcpFlag } from '../../wire/header.ts'
import { supersedesAck } from '../../wire/superseded-ack.ts'
import type { SimulatedClock } from '../hosts/simulated-clock.ts'

interface Frame {
  bytes: Uint8Array
  readonly leavesAt: number
  readonly at: number
}

/** SYNs lost in a row, one way: more than that end a connection, as they should. */
const consecutiveSynLosses = 3
/** From the start of a frame to the IPv4 header's length field, and to TCP's flags. */
const ipLengthOffset = ethernetHeaderBytes + 2
const tcpFlagsOffset = ethernetHeaderBytes + 20 + 12

export class RoughLink {
  readonly left: Device
  readonly right: Device
  readonly #ways: readonly [RoughWay, RoughWay]

  constructor(
    clock: SimulatedClock,
    scenario: RoughScenario,
    frameBytes: number,
    regions: readonly [Region, Region],
  ) {
    const rightwards = new RoughWay(clock, scenario, 'left')
    const leftwards = new RoughWay(clock, scenario, 'right')
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

class RoughWay {
  readonly #clock: SimulatedClock
  readonly #delayMicros: number
  readonly #spacingMicros: number
  readonly #ackHoldMicros: number
  readonly #fates: ReadonlyMap<number, Fate>
  readonly #frames: Frame[] = []
  #held: Frame | undefined
  #counted = 0
  #synsLost = 0
  #freeAt = 0
  written = 0

  constructor(clock: SimulatedClock, scenario: RoughScenario, from: Side) {
    this.#clock = clock
    this.#delayMicros = scenario.delayMicros
    this.#spacingMicros = scenario.spacingMicros
    this.#ackHoldMicros = scenario[from].ackHoldMicros
    this.#fates = new Map(
      scenario.fates.filter((fate) => fate.from === from).map((fate) => [fate.frame, fate]),
    )
  }

  nextEventMicros(): number {
    return this.#frames[0]?.at ?? Number.POSITIVE_INFINITY
  }

  send(bytes: Uint8Array): void {
    this.written += 1
    const now = this.#clock.nowMicros()
    if (etherTypeOf(bytes, 0) === EtherType.arp) {
      this.#add({ bytes, leavesAt: now, at: now + this.#delayMicros })
      return
    }
    const fate = this.#fates.get(this.#counted)
    this.#counted += 1
    const flags = bytes[tcpFlagsOffset + 1] as number
    const isSyn = (flags & TcpFlag.syn) !== 0
    if (fate?.fate === 'lost' && (!isSyn || this.#synsLost < consecutiveSynLosses)) {
      if (isSyn) this.#synsLost += 1
      return
    }
    const isAck = isBareAck(bytes)
    const held = this.#held
    if (isAck && held !== undefined && held.leavesAt > now && supersedes(held.bytes, bytes)) {
      held.bytes = bytes
      return
    }
    const freeAt = Math.max(now, this.#freeAt)
    this.#freeAt = freeAt + this.#spacingMicros
    const leavesAt = freeAt + (isAck ? this.#ackHoldMicros : 0)
    const at = leavesAt + this.#delayMicros
    const frame = { bytes, leavesAt, at: at + (fate?.fate === 'late' ? fate.micros : 0) }
    this.#add(frame)
    if (isAck) this.#held = frame
    if (fate?.fate === 'twice') this.#add({ ...frame, at: at + fate.micros })
  }

  take(): Uint8Array | undefined {
    const first = this.#frames[0]
    if (first === undefined || first.at > this.#clock.nowMicros()) return undefined
    this.#frames.shift()
    return first.bytes
  }

  #add(frame: Frame): void {
    const frames = this.#frames
    let index = frames.length
    while (index > 0 && (frames[index - 1] as Frame).at > frame.at) index -= 1
    frames.splice(index, 0, frame)
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
  readonly #outgoing: RoughWay
  readonly #incoming: RoughWay

  constructor(region: Region, frameBytes: number, outgoing: RoughWay, incoming: RoughWay) {
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
