/**
 * Performs `sendDatagram`: builds a UDP datagram around payload from its socket's send ring and transmits it. The checksum
 * is always made: without one, nobody would notice a damaged datagram (RFC 1122 section 4.1.3.4). One instance per thread.
 */
import type { Region } from '../../dominoes/memory/region.ts'
import { createPayloadWork, type PayloadWork } from '../../payload/payload-work.ts'
import { DatagramWord } from '../../protocol/actions.ts'
import { ipv4At } from '../../wire/address.ts'
import { EtherType, ethernetHeaderBytes, writeEthernet } from '../../wire/ethernet.ts'
import { IpProtocol, ipv4HeaderBytes, writeIpv4 } from '../../wire/ipv4.ts'
import { udpHeaderBytes, writeUdp, writeUdpChecksum } from '../../wire/udp.ts'
import { virtioHeaderBytes, writeVirtioPlain } from '../../wire/virtio.ts'
import { type StreamBuffers, sendRingAt } from '../layout/stream-buffers.ts'
import { copyFromRing } from './ring-work.ts'
import { frameStart } from './transmit-buffer.ts'
import type { Transmitter } from './transmitter.ts'

const ipAt = ethernetHeaderBytes
const udpAt = ipAt + ipv4HeaderBytes
const payloadAt = udpAt + udpHeaderBytes

export interface DatagramSenderParts {
  readonly region: Region
  /** Of the sockets. */
  readonly datagramBuffers: StreamBuffers
  readonly transmitter: Transmitter
  readonly etherHigh: number
  readonly etherLow: number
}

export class DatagramSender {
  readonly #parts: DatagramSenderParts
  readonly #work: PayloadWork

  constructor(parts: DatagramSenderParts) {
    this.#parts = parts
    this.#work = createPayloadWork('checksum', parts.region)
  }

  /** Builds the datagram described at `record[at …]` in the buffer at byte `bufferAt`, and transmits it. */
  send(record: Int32Array, at: number, bufferAt: number): void {
    const { region, datagramBuffers, transmitter } = this.#parts
    const { bytes } = region
    const length = record[at + DatagramWord.payloadLength] as number
    const position = record[at + DatagramWord.position] as number
    const { sendBytes } = datagramBuffers
    const ring = sendRingAt(datagramBuffers, record[at + DatagramWord.socketIndex] as number)
    const frameAt = frameStart(bufferAt, payloadAt, ring + (position & (sendBytes - 1)))
    const sum =
      length === 0 ? 0 : copyFromRing(this.#work, ring, sendBytes, position, 0, frameAt + payloadAt, length)
    const source = ipv4At(record, at + DatagramWord.ipSource)
    const destination = ipv4At(record, at + DatagramWord.ipDestination)
    this.#writeEthernet(record, at, frameAt)
    writeIpv4(bytes, frameAt + ipAt, IpProtocol.udp, source, destination, udpHeaderBytes + length, 0)
    const sourcePort = record[at + DatagramWord.sourcePort] as number
    writeUdp(bytes, frameAt + udpAt, sourcePort, record[at + DatagramWord.destinationPort] as number, length)
    writeUdpChecksum(bytes, frameAt + udpAt, source, destination, length, sum)
    if (!transmitter.capabilities.virtioHeader) {
      transmitter.transmit(frameAt, payloadAt + length)
      return
    }
    writeVirtioPlain(bytes, frameAt - virtioHeaderBytes)
    transmitter.transmit(frameAt - virtioHeaderBytes, virtioHeaderBytes + payloadAt + length)
  }

  #writeEthernet(record: Int32Array, at: number, frameAt: number): void {
    const { region, etherHigh, etherLow } = this.#parts
    const high = record[at + DatagramWord.etherDestinationHigh] as number
    const low = record[at + DatagramWord.etherDestinationLow] as number
    writeEthernet(region.bytes, frameAt, high, low, etherHigh, etherLow, EtherType.ipv4)
  }
}
