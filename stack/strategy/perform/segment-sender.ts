/**
 * Performs `sendSegment`: builds a TCP segment around payload from its connection's send ring and transmits it.
 * One instance per thread.
 */

import type { Region } from '../../dominoes/memory/region.ts'
import type { PayloadWork } from '../../payload/payload-work.ts'
import { SegmentWord } from '../../protocol/actions.ts'
import { addSums, sumBytes } from '../../wire/checksum.ts'
import { EtherType, ethernetHeaderBytes, writeEthernet } from '../../wire/ethernet.ts'
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
import { frameStart } from './transmit-buffer.ts'
import type { Transmitter } from './transmitter.ts'

const ipAt = ethernetHeaderBytes
const tcpAt = ethernetHeaderBytes + ipv4HeaderBytes

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

  constructor(parts: SegmentSenderParts) {
    this.#parts = parts
    this.#offload = !parts.work.sums && parts.transmitter.capabilities.checksumOffload
  }

  /** Builds the segment described at `record[at …]` in the buffer at byte `bufferAt`, and transmits it. */
  send(record: Int32Array, at: number, bufferAt: number): void {
    const { region, buffers, transmitter } = this.#parts
    const { bytes } = region
    const payloadLength = record[at + SegmentWord.payloadLength] as number
    const positionLow = record[at + SegmentWord.positionLow] as number
    const ring = sendRingAt(buffers, record[at + SegmentWord.connection] as number)
    const offset = positionLow & (buffers.sendBytes - 1)
    const headerLength = tcpHeaderBytes(
      record[at + SegmentWord.options] as number,
      record[at + SegmentWord.sackCount] as number,
    )
    const frameAt = frameStart(bufferAt, tcpAt + headerLength, ring + offset)
    const payloadAt = frameAt + tcpAt + headerLength
    const payloadSum =
      payloadLength === 0 ? 0 : this.#copyPayload(record, at, ring, offset, payloadAt, payloadLength)

    const source = record[at + SegmentWord.ipSource] as number
    const destination = record[at + SegmentWord.ipDestination] as number
    const segmentLength = headerLength + payloadLength
    this.#writeEthernet(record, at, frameAt)
    writeIpv4(bytes, frameAt + ipAt, IpProtocol.tcp, source, destination, segmentLength, 0)
    writeTcp(bytes, frameAt + tcpAt, record, at + SegmentWord.sourcePort)
    if (this.#offload) writeTcpPseudoChecksum(bytes, frameAt + tcpAt, source, destination, segmentLength)
    else {
      writeTcpChecksum(
        bytes,
        region.words,
        frameAt + tcpAt,
        headerLength,
        source,
        destination,
        payloadLength,
        payloadSum,
      )
    }
    const frameLength = tcpAt + segmentLength
    if (!transmitter.capabilities.virtioHeader) {
      transmitter.transmit(frameAt, frameLength)
      return
    }
    const virtioAt = frameAt - virtioHeaderBytes
    if (this.#offload) {
      writeVirtioOffload(bytes, virtioAt, tcpAt + headerLength, 0, tcpAt, TcpOffset.checksum)
    } else writeVirtioPlain(bytes, virtioAt)
    transmitter.transmit(virtioAt, frameLength + virtioHeaderBytes)
  }

  /** Does the payload work into the frame, in two pieces where the ring ends; returns the payload's sum. */
  #copyPayload(
    record: Int32Array,
    at: number,
    ring: number,
    offset: number,
    payloadAt: number,
    payloadLength: number,
  ): number {
    const { buffers, work } = this.#parts
    const low = record[at + SegmentWord.positionLow] as number
    const high = record[at + SegmentWord.positionHigh] as number
    const first = Math.min(payloadLength, buffers.sendBytes - offset)
    const sum = work.copyOut(ring + offset, payloadAt, first, low, high)
    if (first < payloadLength) {
      const rest = this.#copyRest(ring, payloadAt + first, payloadLength - first, low, high, first)
      if (work.sums) return addSums(sum, rest, first)
    }
    if (work.sums) return sum
    // Payload work may make no checksum. Then the device makes it, or, if it cannot, this code.
    return this.#offload
      ? 0
      : sumBytes(this.#parts.region.bytes, this.#parts.region.words, payloadAt, payloadLength)
  }

  /** The piece of a payload that lies at the start of the ring. */
  #copyRest(ring: number, to: number, length: number, low: number, high: number, first: number): number {
    const nextLow = (low + first) | 0
    // The low word wraps exactly where the ring, whose size divides 2^32, may end.
    const nextHigh = nextLow === 0 ? (high + 1) | 0 : high
    return this.#parts.work.copyOut(ring, to, length, nextLow, nextHigh)
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
