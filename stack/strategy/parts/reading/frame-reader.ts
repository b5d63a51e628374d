/**
 * Reads frames into slots, in the way that saves most of what would be done for each.
 *
 * Bursts: a segment that continues the one before it becomes part of its request, by the rules of Linux's receive offload. A
 * read scatters it: its headers go to the end of that request's slot, its payload behind the payload there.
 *
 * Payload in its place: if work on it leaves bytes as they are, the payload of the segment that is expected goes to its
 * receive ring, where it is left. Which segment that is, the thread's own protocol state tells: whoever polls the source has
 * applied everything that was published (`dominoes/replica/replica.ts`). From the second segment of a poll on it is the one
 * that follows.
 *
 * Any other frame may come instead. It is moved to a slot of its own. If its bytes were in the ring, nothing there is known
 * any more until the next poll: it may belong further on.
 *
 * Called by the holder of the producer role. Invariant: bytes of a ring that hold something are not written.
 */
import type { Device, FrameParts } from '../../../device/device.ts'
import type { Region } from '../../../dominoes/memory/region.ts'
import { type ExpectedSegment, newExpectedSegment } from '../../../protocol/tcp/receiving/expected-segment.ts'
import { readInt32, readUint16 } from '../../../wire/big-endian.ts'
import { dataSegmentPayload } from '../../../wire/data-segment.ts'
import { ethernetHeaderBytes } from '../../../wire/ethernet.ts'
import { followsSegment } from '../../../wire/following-segment.ts'
import { TcpFlag } from '../../../wire/header.ts'
import { ipv4Destination, ipv4HeaderBytes, ipv4Source, ipv4TotalLength } from '../../../wire/ipv4.ts'
import { mergesWith } from '../../../wire/mergeable-segment.ts'
import { TcpOffset } from '../../../wire/tcp.ts'
import { virtioHeaderBytes } from '../../../wire/virtio.ts'
import { mostSegments } from '../../layout/slot-layout.ts'
import { receiveRingAt, type StreamBuffers } from '../../layout/stream-buffers.ts'
import { HostArgument, readingAt } from '../slot-frame.ts'
import { burstHeadersAt, segmentHeaderAt } from './burst-layout.ts'

export interface FrameReaderParts {
  readonly region: Region
  readonly device: Device
  /** Bytes of a slot. */
  readonly slotBytes: number
  /** Whether frames may be taken apart; not where they are to be recorded. */
  readonly scatters: boolean
  /** Whether segments are told apart that the next one follows, and merged with it. */
  readonly coalesces: boolean
  /** If payload is to be read to its place. */
  readonly inPlace?: InPlaceParts
}

export interface InPlaceParts {
  readonly buffers: StreamBuffers
  /** What the state at hand expects; see `protocol/tcp/receiving/expected-segment.ts`. */
  expectSegment(into: ExpectedSegment): boolean
}

/** Instead of a slot. */
export const noSlot = -1
/** Most payload of a burst: it has to be told in 16 bits, as that of a packet. */
const burstLimitBytes = 65_535 - 100
/** Frames in a row that are no continuation, after which a poll looks for none. */
const missLimit = 2

export class FrameReader {
  readonly #parts: FrameReaderParts
  readonly #scatters: boolean
  /** Bytes of a virtio-net header before a frame, or 0. */
  readonly virtioBytes: number
  /** Largest frame without its virtio-net header: no payload is longer. */
  readonly #frameBytes: number
  readonly #frame: FrameParts = { at: 0, length: 0, bodyAt: 0, bodyLength: 0, restAt: 0, restLength: 0 }
  readonly #expected: ExpectedSegment = newExpectedSegment()
  #isExpecting = false
  #misses = 0

  /** The slot of the data segment read last, or of its burst; `noSlot` if the last frame was something else. */
  #burst = noSlot
  #segments = 0
  /** Byte offset of the last one's Ethernet header, and bytes from there to its payload. */
  #lastAt = 0
  #headerBytes = 0
  /** Payload of the first one, of the last one, and of all. */
  #firstPayload = 0
  #lastPayload = 0
  #payloadBytes = 0
  #isInPlace = false

  /** Of the frame read last: it became part of the request before it. */
  isMerged = false
  /** It is the next segment of the request before it, though not part of it. */
  #follows = false
  /** Byte offset of its payload, if that was read to its place; else 0. */
  #placedAt = 0

  constructor(parts: FrameReaderParts) {
    const { frameBytes, virtioHeader } = parts.device.capabilities
    this.#parts = parts
    this.#scatters = parts.scatters && parts.device.readParts !== undefined
    this.virtioBytes = virtioHeader ? virtioHeaderBytes : 0
    this.#frameBytes = frameBytes
  }

  /** At the start of a poll. `isCurrent`: nothing was published that the state does not have, and that could end a connection. */
  begin(isCurrent: boolean): void {
    const { inPlace } = this.#parts
    this.#isExpecting = this.#scatters && isCurrent && inPlace?.expectSegment(this.#expected) === true
    this.#misses = 0
    this.#burst = noSlot
  }

  /**
   * Reads a frame into `slot`, or into the burst in slot `before`, which is not published yet; `noSlot` if there is no such
   * request. Returns its bytes without a virtio-net header; 0 if none is waiting.
   */
  read(slot: number, before: number): number {
    this.isMerged = false
    this.#follows = false
    this.#placedAt = 0
    if (before !== this.#burst) this.#burst = noSlot
    if (this.#mayContinue()) return this.#readBehind(slot)
    if (this.#isExpecting && this.#expected.roomBytes >= this.#frameBytes) return this.#readToPlace(slot)
    this.#isExpecting = false
    const length = this.#parts.device.read(
      readingAt(slot) - this.virtioBytes,
      this.virtioBytes + this.#frameBytes,
    )
    if (length === 0) return 0
    this.#open(slot, length - this.virtioBytes)
    return length - this.virtioBytes
  }

  /** Of the frame read last, which was not merged: notes in its slot, filled anew, and in the one before, where its payload lies. */
  noteParts(slot: number, before: number): void {
    const { words } = this.#parts.region
    words[slot + HostArgument.placedAt] = this.#placedAt
    words[slot + HostArgument.payloadBytes] = this.#payloadBytes
    if (before !== noSlot && this.#follows) words[before + HostArgument.isFollowed] = 1
  }

  /** Whether the next segment may become part of the burst, and has room there. */
  #mayContinue(): boolean {
    if (this.#burst === noSlot || !this.#parts.coalesces || !this.#scatters) return false
    if (this.#segments === mostSegments || this.#misses >= missLimit) return false
    // By the rules a segment that is shorter, or pushed, is the last of its burst.
    if (this.#lastPayload !== this.#firstPayload || isPushed(this.#parts.region.bytes, this.#lastAt))
      return false
    if (this.#payloadBytes + this.#frameBytes > burstLimitBytes) return false
    if (this.#isInPlace) return this.#isExpecting && this.#expected.roomBytes >= this.#frameBytes
    return this.#payloadEnd() + this.#frameBytes <= burstHeadersAt(this.#burst, this.#parts.slotBytes)
  }

  /** Of a burst that lies in its slot. */
  #payloadEnd(): number {
    return readingAt(this.#burst) + this.#headerBytes + this.#payloadBytes
  }

  #readBehind(slot: number): number {
    const { region, device, slotBytes } = this.#parts
    const { bytes, words } = region
    const burst = this.#burst
    const headerAt = segmentHeaderAt(burst, burstHeadersAt(burst, slotBytes), this.#segments)
    const wasInPlace = this.#isInPlace
    if (wasInPlace) this.#aimAtRing(headerAt)
    else this.#aim(headerAt, this.#headerBytes, this.#payloadEnd())
    const length = this.#scatter(device)
    if (length === 0) return 0
    const payload = length - this.#headerBytes
    this.#follows = payload > 0 && this.#isNext(headerAt, length, payload)
    if (
      this.#follows &&
      payload <= this.#firstPayload &&
      mergesWith(bytes, this.#lastAt, headerAt, this.#headerBytes)
    ) {
      this.isMerged = true
      this.#follows = false
      words[burst + HostArgument.merged] = this.#segments
      this.#segments += 1
      this.#lastAt = headerAt
      this.#lastPayload = payload
      this.#payloadBytes += payload
      words[burst + HostArgument.payloadBytes] = this.#payloadBytes
      if (wasInPlace) this.#advance(payload)
      this.#misses = 0
      return length
    }
    if (this.#follows && wasInPlace) {
      this.#keepInPlace(slot, headerAt, payload)
      return length
    }
    if (!this.#follows) this.#misses += 1
    if (wasInPlace) this.#isExpecting = false
    this.#moveTo(slot, payload)
    this.#open(slot, length)
    return length
  }

  /** Reads the segment that the state expects, if it comes. */
  #readToPlace(slot: number): number {
    const at = readingAt(slot)
    this.#aimAtRing(at)
    const length = this.#scatter(this.#parts.device)
    if (length === 0) return 0
    const payload = length - this.#expected.headerBytes
    if (payload > 0 && this.#isExpected(at, length, payload)) {
      this.#follows = this.#burst !== noSlot && this.#parts.coalesces && this.#isNext(at, length, payload)
      this.#keepInPlace(slot, at, payload)
      return length
    }
    this.#isExpecting = false
    this.#moveTo(slot, payload)
    this.#open(slot, length)
    return length
  }

  /** Bytes of the frame without a virtio-net header; 0 if there is none. */
  #scatter(device: Device): number {
    const length = device.readParts?.(this.#frame) ?? 0
    return length === 0 ? 0 : length - this.virtioBytes
  }

  /** Headers to `headerAt`, payload to `payloadAt` where it has room in one piece. */
  #aim(headerAt: number, headerBytes: number, payloadAt: number): void {
    const frame = this.#frame
    frame.at = headerAt - this.virtioBytes
    frame.length = this.virtioBytes + headerBytes
    frame.bodyAt = payloadAt
    frame.bodyLength = this.#frameBytes
    frame.restLength = 0
  }

  /** Headers to `headerAt`, payload to its place in the ring. */
  #aimAtRing(headerAt: number): void {
    const { buffers } = this.#parts.inPlace as InPlaceParts
    const { connection, position, headerBytes } = this.#expected
    const ring = receiveRingAt(buffers, connection)
    const offset = position & (buffers.receiveBytes - 1)
    const frame = this.#frame
    this.#aim(headerAt, headerBytes, ring + offset)
    frame.bodyLength = Math.min(this.#frameBytes, buffers.receiveBytes - offset)
    frame.restAt = ring
    frame.restLength = this.#frameBytes - frame.bodyLength
  }

  /** Whether the frame is a plain segment that continues the last one. */
  #isNext(headerAt: number, length: number, payload: number): boolean {
    const { bytes } = this.#parts.region
    return (
      dataSegmentPayload(bytes, headerAt, length) === payload &&
      followsSegment(bytes, this.#lastAt, this.#headerBytes + this.#lastPayload, headerAt, length)
    )
  }

  /** Whether the frame is the segment that the state expects, with headers as long as was supposed. */
  #isExpected(frameAt: number, length: number, payload: number): boolean {
    const { bytes } = this.#parts.region
    const { source, destination, sourcePort, destinationPort, sequence } = this.#expected
    if (dataSegmentPayload(bytes, frameAt, length) !== payload) return false
    const ipAt = frameAt + ethernetHeaderBytes
    const tcpAt = ipAt + ipv4HeaderBytes
    return (
      readInt32(bytes, tcpAt + TcpOffset.sequence) === sequence &&
      readUint16(bytes, tcpAt + TcpOffset.sourcePort) === sourcePort &&
      readUint16(bytes, tcpAt + TcpOffset.destinationPort) === destinationPort &&
      ipv4Source(bytes, ipAt) === source &&
      ipv4Destination(bytes, ipAt) === destination
    )
  }

  /** The payload just read to the ring is in its place; its headers, now at `headerAt`, go to `slot`. */
  #keepInPlace(slot: number, headerAt: number, payload: number): void {
    const { bytes } = this.#parts.region
    const { headerBytes } = this.#expected
    const at = readingAt(slot)
    if (headerAt !== at) {
      const start = headerAt - this.virtioBytes
      bytes.copyWithin(at - this.virtioBytes, start, headerAt + headerBytes)
    }
    this.#placedAt = this.#frame.bodyAt
    this.#advance(payload)
    this.#openWith(slot, headerBytes, payload, true)
  }

  #advance(payload: number): void {
    const expected = this.#expected
    expected.sequence = (expected.sequence + payload) | 0
    expected.position = (expected.position + payload) | 0
    expected.roomBytes -= payload
  }

  /** Puts the frame just read together in `slot`. */
  #moveTo(slot: number, payload: number): void {
    const { bytes } = this.#parts.region
    const { at, length, bodyAt, bodyLength, restAt } = this.#frame
    const start = readingAt(slot) - this.virtioBytes
    const headerLength = Math.min(length, length + payload)
    if (at !== start) bytes.copyWithin(start, at, at + headerLength)
    if (payload <= 0) return
    const first = Math.min(payload, bodyLength)
    bytes.copyWithin(start + length, bodyAt, bodyAt + first)
    bytes.copyWithin(start + length + first, restAt, restAt + payload - first)
  }

  /** The frame of `length` bytes in `slot` may be followed, if it is a plain data segment. */
  #open(slot: number, length: number): void {
    const { bytes } = this.#parts.region
    const at = readingAt(slot)
    const payload = dataSegmentPayload(bytes, at, length)
    const previous = this.#burst
    this.#burst = noSlot
    if (payload <= 0) return
    if (previous !== noSlot && this.#parts.coalesces) this.#follows = this.#isNext(at, length, payload)
    // A frame that is padded is short: not one of many.
    if (ipv4TotalLength(bytes, at + ethernetHeaderBytes) !== length - ethernetHeaderBytes) return
    this.#openWith(slot, length - payload, payload, false)
  }

  #openWith(slot: number, headerBytes: number, payload: number, isInPlace: boolean): void {
    this.#burst = slot
    this.#segments = 1
    this.#lastAt = readingAt(slot)
    this.#headerBytes = headerBytes
    this.#firstPayload = payload
    this.#lastPayload = payload
    this.#payloadBytes = payload
    this.#isInPlace = isInPlace
  }
}

function isPushed(bytes: Uint8Array, frameAt: number): boolean {
  const flagsAt = frameAt + ethernetHeaderBytes + ipv4HeaderBytes + TcpOffset.flags
  return ((bytes[flagsAt] as number) & TcpFlag.psh) !== 0
}
