/**
 * Performs `sendMessage`: builds a message of a composite protocol around payload from its socket's send ring and transmits
 * it. Payload work is the stack's. A cipher's counter begins with each message anew: where messages are neither numbered
 * nor ordered, both ends share no other position. The cipher stands for work, not for secrecy. One instance per thread.
 */
import { MessageWord } from '../../protocol/actions.ts'
import { ipv4At } from '../../wire/address.ts'
import { sumBytes } from '../../wire/checksum.ts'
import { ctpHeaderBytes, writeCtp, writeCtpChecksum } from '../../wire/ctp.ts'
import { EtherType, ethernetHeaderBytes, writeEthernet } from '../../wire/ethernet.ts'
import { IpProtocol, ipv4HeaderBytes, writeIpv4 } from '../../wire/ipv4.ts'
import { virtioHeaderBytes, writeVirtioPlain } from '../../wire/virtio.ts'
import { sendRingAt } from '../layout/stream-buffers.ts'
import type { DatagramSenderParts } from './datagram-sender.ts'
import type { SegmentSenderParts } from './segment-sender.ts'
import { frameStart } from './transmit-buffer.ts'

const ipAt = ethernetHeaderBytes
const ctpAt = ipAt + ipv4HeaderBytes

export type MessageSenderParts = DatagramSenderParts & Pick<SegmentSenderParts, 'work'>

export class MessageSender {
  readonly #parts: MessageSenderParts

  constructor(parts: MessageSenderParts) {
    this.#parts = parts
  }

  /** Builds the message described at `record[at …]` in the buffer at byte `bufferAt`, and transmits it. */
  send(record: Int32Array, at: number, bufferAt: number): void {
    const { region, datagramBuffers, transmitter, etherHigh, etherLow } = this.#parts
    const { bytes } = region
    const payloadLength = record[at + MessageWord.payloadLength] as number
    const position = record[at + MessageWord.position] as number
    const ring = sendRingAt(datagramBuffers, record[at + MessageWord.socketIndex] as number)
    // A message lies in a place of its own, which never wraps.
    const from = ring + (position & (datagramBuffers.sendBytes - 1))
    const kind = record[at + MessageWord.ctpKind] as number
    const headerBytes = ctpHeaderBytes(kind, record[at + MessageWord.microprotocols] as number)
    const payloadAt = ctpAt + headerBytes
    const frameAt = frameStart(bufferAt, payloadAt, from)
    const sum = payloadLength === 0 ? 0 : this.#copy(from, frameAt + payloadAt, payloadLength)
    const source = ipv4At(record, at + MessageWord.ipSource)
    const destination = ipv4At(record, at + MessageWord.ipDestination)
    const high = record[at + MessageWord.etherDestinationHigh] as number
    const low = record[at + MessageWord.etherDestinationLow] as number
    writeEthernet(bytes, frameAt, high, low, etherHigh, etherLow, EtherType.ipv4)
    writeIpv4(bytes, frameAt + ipAt, IpProtocol.ctp, source, destination, headerBytes + payloadLength, 0)
    writeCtp(bytes, frameAt + ctpAt, record, at + MessageWord.sourcePort)
    writeCtpChecksum(bytes, frameAt + ctpAt, headerBytes, source, destination, payloadLength, sum)
    if (!transmitter.capabilities.virtioHeader) {
      transmitter.transmit(frameAt, payloadAt + payloadLength)
      return
    }
    writeVirtioPlain(bytes, frameAt - virtioHeaderBytes)
    transmitter.transmit(frameAt - virtioHeaderBytes, virtioHeaderBytes + payloadAt + payloadLength)
  }

  /** Returns the sum of what is now in the frame. */
  #copy(from: number, to: number, length: number): number {
    const { work, region } = this.#parts
    const sum = work.copyOut(from, to, length, 0, 0)
    return work.sums ? sum : sumBytes(region.bytes, region.words, to, length)
  }
}
