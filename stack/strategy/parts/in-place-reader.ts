/**
 * Reads payload to its place: the bytes of the segment that is expected next go from the device to the receive ring, and only
 * headers to the slot, so that nobody has to copy them (payload work `none`).
 *
 * Which segment that is, the thread's own protocol state tells: whoever polls the source has applied everything that was
 * published (`dominoes/replica/replica.ts`). From the second frame of a poll on it is the one that follows the first. Any
 * other frame may come instead. Its bytes then lie in a part of the ring that holds nothing; they are moved to the slot, and
 * the rest of the poll is read as if nothing were known: that frame may be one that belongs further on in the ring.
 *
 * Called by the holder of the producer role. Invariant: bytes of the ring that hold something are not written.
 */
import type { Device, FrameParts } from '../../device/device.ts'
import type { Region } from '../../dominoes/memory/region.ts'
import { type ExpectedSegment, newExpectedSegment } from '../../protocol/tcp/expected-segment.ts'
import { readInt32, readUint16 } from '../../wire/big-endian.ts'
import { dataSegmentPayload } from '../../wire/data-segment.ts'
import { ethernetHeaderBytes } from '../../wire/ethernet.ts'
import { ipv4Destination, ipv4HeaderBytes, ipv4Source } from '../../wire/ipv4.ts'
import { TcpOffset } from '../../wire/tcp.ts'
import { virtioHeaderBytes, virtioTrustsChecksum } from '../../wire/virtio.ts'
import { receiveRingAt, type StreamBuffers } from '../layout/stream-buffers.ts'

/** A device that can read a frame into several places, and vouches for what it reads. */
export type ScatteringDevice = Device & Required<Pick<Device, 'readParts'>>

export function canScatter(device: Device): device is ScatteringDevice {
  return device.readParts !== undefined
}

export interface InPlaceReaderParts {
  readonly region: Region
  readonly device: ScatteringDevice
  readonly buffers: StreamBuffers
  /** What the state at hand expects; see `protocol/tcp/expected-segment.ts`. */
  expectSegment(into: ExpectedSegment): boolean
}

export class InPlaceReader {
  readonly #parts: InPlaceReaderParts
  readonly #expected: ExpectedSegment = newExpectedSegment()
  readonly #frame: FrameParts = { at: 0, length: 0, bodyAt: 0, bodyLength: 0, restAt: 0, restLength: 0 }
  readonly #payloadLimit: number
  #isExpecting = false
  /** Byte offset of the payload of the frame read last, if it was read to its place; else 0. */
  placedAt = 0

  constructor(parts: InPlaceReaderParts) {
    this.#parts = parts
    this.#payloadLimit = parts.device.capabilities.frameBytes
  }

  /** At the start of a poll. `isCurrent`: nothing was published that the state does not have, and that could end a connection. */
  begin(isCurrent: boolean): void {
    this.#isExpecting = isCurrent && this.#parts.expectSegment(this.#expected)
  }

  /** As `Device.read`; `at` is where the virtio-net header goes. Says in `placedAt` where the payload is. */
  read(at: number, limit: number): number {
    this.placedAt = 0
    const { device } = this.#parts
    const expected = this.#expected
    if (!this.#isExpecting || expected.roomBytes < this.#payloadLimit) {
      this.#isExpecting = false
      return device.read(at, limit)
    }
    const frame = this.#frame
    this.#aim(at)
    const length = device.readParts(frame)
    if (length === 0) return 0
    const payload = length - frame.length
    if (payload > 0 && this.#isExpected(at + virtioHeaderBytes, length - virtioHeaderBytes, payload)) {
      this.placedAt = frame.bodyAt
      expected.sequence = (expected.sequence + payload) | 0
      expected.position = (expected.position + payload) | 0
      expected.roomBytes -= payload
      return length
    }
    this.#isExpecting = false
    if (payload > 0) this.#moveToSlot(payload)
    return length
  }

  /** Headers behind `at`, payload to the ring. */
  #aim(at: number): void {
    const { buffers } = this.#parts
    const { connection, position, headerBytes } = this.#expected
    const ring = receiveRingAt(buffers, connection)
    const offset = position & (buffers.receiveBytes - 1)
    const frame = this.#frame
    frame.at = at
    frame.length = virtioHeaderBytes + headerBytes
    frame.bodyAt = ring + offset
    frame.bodyLength = Math.min(this.#payloadLimit, buffers.receiveBytes - offset)
    frame.restAt = ring
    frame.restLength = this.#payloadLimit - frame.bodyLength
  }

  /** Whether the frame is the expected segment, the device vouches for it, and its headers are as long as was supposed. */
  #isExpected(frameAt: number, frameBytes: number, payload: number): boolean {
    const { bytes } = this.#parts.region
    const { source, destination, sourcePort, destinationPort, sequence } = this.#expected
    if (dataSegmentPayload(bytes, frameAt, frameBytes) !== payload) return false
    const ipAt = frameAt + ethernetHeaderBytes
    const tcpAt = ipAt + ipv4HeaderBytes
    return (
      readInt32(bytes, tcpAt + TcpOffset.sequence) === sequence &&
      readUint16(bytes, tcpAt + TcpOffset.sourcePort) === sourcePort &&
      readUint16(bytes, tcpAt + TcpOffset.destinationPort) === destinationPort &&
      ipv4Source(bytes, ipAt) === source &&
      ipv4Destination(bytes, ipAt) === destination &&
      virtioTrustsChecksum(bytes, frameAt - virtioHeaderBytes)
    )
  }

  #moveToSlot(payload: number): void {
    const { bytes } = this.#parts.region
    const { at, length, bodyAt, bodyLength, restAt } = this.#frame
    const first = Math.min(payload, bodyLength)
    bytes.copyWithin(at + length, bodyAt, bodyAt + first)
    bytes.copyWithin(at + length + first, restAt, restAt + payload - first)
  }
}
