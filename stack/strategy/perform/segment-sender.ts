/**
 * Performs `sendSegment`: builds a TCP segment around payload from its connection's send ring and transmits it. A
 * super-frame goes to the device as one frame if that cuts it (TSO); else it is cut here. One instance per thread.
 */

import type { FrameParts } from '../../device/device.ts'
import type { Region } from '../../dominoes/memory/region.ts'
import { leavesBytes, noSum, type PayloadWork } from '../../payload/payload-work.ts'
import { SegmentWord } from '../../protocol/actions.ts'
import { ipv4At } from '../../wire/address.ts'
import { writeInt32 } from '../../wire/big-endian.ts'
import { sumBytes } from '../../wire/checksum.ts'
import { EtherType, ethernetHeaderBytes, writeEthernet } from '../../wire/ethernet.ts'
import { TcpFlag } from '../../wire/header.ts'
import { IpProtocol, ipv4HeaderBytes, writeIpv4 } from '../../wire/ipv4.ts'
import {
  TcpOffset,
  tcpHeaderBytes,
  writeTcp,
  writeTcpChecksum,
  writeTcpPseudoChecksum,
} from '../../wire/tcp.ts'
import { virtioHeaderBytes, writeVirtioOffload, writeVirtioPlain } from '../../wire/virtio.ts'
import { type StreamBuffers, sendRingAt } from '../layout/stream-buffers.ts'
import { copyFromRing, sumInRing } from './ring-work.ts'
import { frameStart } from './transmit-buffer.ts'
import type { Transmitter } from './transmitter.ts'

const ipAt = ethernetHeaderBytes
const tcpAt = ethernetHeaderBytes + ipv4HeaderBytes

const lastOnlyFlags = TcpFlag.psh | TcpFlag.fin

export interface SegmentSenderParts {
  readonly region: Region
  readonly buffers: StreamBuffers
  readonly transmitter: Transmitter
  readonly work: PayloadWork
  readonly etherHigh: number
  readonly etherLow: number
}

export class SegmentSender {
  readonly #parts: SegmentSenderParts
  readonly #offload: boolean
  readonly #deviceCuts: boolean
  /** Whether payload is sent from the ring itself, and work on it done there. */
  readonly #staysInRing: boolean
  readonly #frame: FrameParts = { at: 0, length: 0, bodyAt: 0, bodyLength: 0, restAt: 0, restLength: 0 }

  constructor(parts: SegmentSenderParts) {
    const { checksumOffload, segmentationOffload = false } = parts.transmitter.capabilities
    this.#parts = parts
    this.#offload = !parts.work.sums && checksumOffload
    this.#deviceCuts = segmentationOffload
    const { kind } = parts.work
    // Where the frame is put together anyway, summing along with that copy is faster.
    this.#staysInRing = leavesBytes(kind) && (kind === 'none' || parts.transmitter.gathers)
  }

  /** Whether the segment described at `record[at …]` is a super-frame that is cut here, into several frames. */
  isCut(record: Int32Array, at: number): boolean {
    return record[at + SegmentWord.cutBytes] !== 0 && !this.#deviceCuts
  }

  /** Builds the segment described at `record[at …]` in the buffer at byte `bufferAt`, and transmits it. */
  send(record: Int32Array, at: number, bufferAt: number): void {
    const length = record[at + SegmentWord.payloadLength] as number
    const cutBytes = record[at + SegmentWord.cutBytes] as number
    if (!this.isCut(record, at)) {
      this.#sendPart(record, at, bufferAt, 0, length, cutBytes)
      return
    }
    for (let from = 0; from < length; from += cutBytes)
      this.#sendPart(record, at, bufferAt, from, Math.min(cutBytes, length - from), 0)
  }

  /** `length` bytes of the payload, from byte `from` on, as one frame, which the device cuts if `cutBytes` is not 0. */
  #sendPart(
    record: Int32Array,
    at: number,
    bufferAt: number,
    from: number,
    length: number,
    cutBytes: number,
  ): void {
    const { region, buffers, transmitter } = this.#parts
    const { bytes } = region
    const low = ((record[at + SegmentWord.positionLow] as number) + from) | 0
    const high = ((record[at + SegmentWord.positionHigh] as number) + (low >>> 0 < from ? 1 : 0)) | 0
    const ring = sendRingAt(buffers, record[at + SegmentWord.connection] as number)
    const offset = low & (buffers.sendBytes - 1)
    const headerLength = tcpHeaderBytes(
      record[at + SegmentWord.options] as number,
      record[at + SegmentWord.sackCount] as number,
    )
    const frameAt = frameStart(bufferAt, tcpAt + headerLength, ring + offset)
    const payloadAt = frameAt + tcpAt + headerLength
    // A device that cuts makes the checksums of the pieces. The work is done all the same: it stands for any such work.
    const offload = this.#offload || cutBytes > 0
    const payloadSum = length === 0 ? 0 : this.#workOn(ring, low, high, payloadAt, length, offload)

    const source = ipv4At(record, at + SegmentWord.ipSource)
    const destination = ipv4At(record, at + SegmentWord.ipDestination)
    const segmentLength = headerLength + length
    this.#writeEthernet(record, at, frameAt)
    writeIpv4(bytes, frameAt + ipAt, IpProtocol.tcp, source, destination, segmentLength, 0)
    writeTcp(bytes, frameAt + tcpAt, record, at + SegmentWord.sourcePort)
    if (from > 0 || length < (record[at + SegmentWord.payloadLength] as number))
      this.#moveWithin(record, at, frameAt + tcpAt, from, length)
    if (offload) writeTcpPseudoChecksum(bytes, frameAt + tcpAt, source, destination, segmentLength)
    else {
      writeTcpChecksum(
        bytes,
        region.words,
        frameAt + tcpAt,
        headerLength,
        source,
        destination,
        length,
        payloadSum,
      )
    }
    const hasMore = from + length < (record[at + SegmentWord.payloadLength] as number)
    let startAt = frameAt
    if (transmitter.capabilities.virtioHeader) {
      startAt -= virtioHeaderBytes
      if (offload)
        writeVirtioOffload(bytes, startAt, tcpAt + headerLength, cutBytes, tcpAt, TcpOffset.checksum)
      else writeVirtioPlain(bytes, startAt)
    }
    if (!this.#staysInRing || length === 0) {
      transmitter.transmit(startAt, payloadAt + length - startAt, hasMore)
      return
    }
    const frame = this.#frame
    frame.at = startAt
    frame.length = payloadAt - startAt
    frame.bodyAt = ring + offset
    frame.bodyLength = Math.min(length, buffers.sendBytes - offset)
    frame.restAt = ring
    frame.restLength = length - frame.bodyLength
    transmitter.transmitParts(frame, hasMore)
  }

  /** The header at `tcpAt` becomes that of a part of a super-frame: PSH and FIN belong to the last. */
  #moveWithin(record: Int32Array, at: number, tcpAt: number, from: number, length: number): void {
    const { bytes } = this.#parts.region
    writeInt32(bytes, tcpAt + TcpOffset.sequence, ((record[at + SegmentWord.sequence] as number) + from) | 0)
    if (from + length < (record[at + SegmentWord.payloadLength] as number))
      bytes[tcpAt + TcpOffset.flags] = (record[at + SegmentWord.flags] as number) & ~lastOnlyFlags
  }

  /** Does the payload work, into the frame if it needs a copy; returns the payload's sum, unless the device makes it. */
  #workOn(
    ring: number,
    low: number,
    high: number,
    payloadAt: number,
    length: number,
    offload: boolean,
  ): number {
    const { region, buffers, work } = this.#parts
    if (this.#staysInRing)
      return work.sums || !offload ? sumInRing(region, ring, buffers.sendBytes, low, length) : noSum
    const sum = copyFromRing(work, ring, buffers.sendBytes, low, high, payloadAt, length)
    if (work.sums) return sum
    // Payload work that makes no checksum leaves it to the device, or, where that cannot, to us.
    return offload ? 0 : sumBytes(region.bytes, region.words, payloadAt, length)
  }

  #writeEthernet(record: Int32Array, at: number, frameAt: number): void {
    const { region, etherHigh, etherLow } = this.#parts
    writeEthernet(
      region.bytes,
      frameAt,
      record[at + SegmentWord.etherDestinationHigh] as number,
      record[at + SegmentWord.etherDestinationLow] as number,
      etherHigh,
      etherLow,
      EtherType.ipv4,
    )
  }
}
