/**
 * Performs `sendSegment`: builds a TCP segment around payload from its connection's send ring and transmits it.
 * One instance per thread.
 */

import type { Region } from '../../dominoes/memory/region.ts'
import type { PayloadWork } from '../../payload/payload-work.ts'
import { SegmentWord } from '../../protocol/actions.ts'
import { ipv4At } from '../../wire/address.ts'
import { sumBytes } from '../../wire/checksum.ts'
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
import { copyFromRing } from './ring-work.ts'
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
    const payloadSum = payloadLength === 0 ? 0 : this.#copyPayload(record, at, ring, payloadAt, payloadLength)

    const source = ipv4At(record, at + SegmentWord.ipSource)
    const destination = ipv4At(record, at + SegmentWord.ipDestination)
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

  /** Does the payload work into the frame; returns the payload's sum, unless the device makes it. */
  #copyPayload(record: Int32Array, at: number, ring: number, payloadAt: number, length: number): number {
    const { region, buffers, work } = this.#parts
    const low = record[at + SegmentWord.positionLow] as number
    const high = record[at + SegmentWord.positionHigh] as number
    const sum = copyFromRing(work, ring, buffers.sendBytes, low, high, payloadAt, length)
    if (work.sums) return sum
    // Payload work that makes no checksum leaves it to the device, or, where that cannot, to us.
    return this.#offload ? 0 : sumBytes(region.bytes, region.words, payloadAt, length)
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
