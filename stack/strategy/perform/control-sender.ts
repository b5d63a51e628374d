/**
 * Performs the small packets that keep a network going: ARP, ICMP echo replies and errors. One instance per
 * thread.
 */

import { SlotWord } from '../../dominoes/contract/slot.ts'
import type { Region } from '../../dominoes/memory/region.ts'
import { ArpWord, FrameWord, IcmpWord } from '../../protocol/actions.ts'
import { ipv4At } from '../../wire/address.ts'
import { arpBytes, writeArp } from '../../wire/arp.ts'
import { sumBytes } from '../../wire/checksum.ts'
import { EtherType, ethernetHeaderBytes, writeEthernet } from '../../wire/ethernet.ts'
import { HeaderWord } from '../../wire/header.ts'
import {
  completeIcmpHeader,
  icmpHeaderBytes,
  quotedBytes,
  writeIcmpChecksum,
  writeIcmpEcho,
  writeIcmpError,
} from '../../wire/icmpv4.ts'
import { IpProtocol, ipv4HeaderBytes, ipv4TotalLength, writeIpv4 } from '../../wire/ipv4.ts'
import { writeFragmentHeader } from '../../wire/ipv4-fragment.ts'
import { virtioHeaderBytes, writeVirtioPlain } from '../../wire/virtio.ts'
import { frameAtOf } from '../parts/slot-frame.ts'
import { frameStart } from './transmit-buffer.ts'
import type { Transmitter } from './transmitter.ts'

const ipAt = ethernetHeaderBytes
const icmpAt = ipAt + ipv4HeaderBytes

export interface ControlSenderParts {
  readonly region: Region
  readonly transmitter: Transmitter
  readonly etherHigh: number
  readonly etherLow: number
}

export class ControlSender {
  readonly #parts: ControlSenderParts

  constructor(parts: ControlSenderParts) {
    this.#parts = parts
  }

  sendArp(record: Int32Array, at: number, bufferAt: number): void {
    const { region, etherHigh, etherLow } = this.#parts
    const frameAt = frameStart(bufferAt, 0, 0)
    this.#writeEthernet(record, at, frameAt, EtherType.arp)
    writeArp(
      region.bytes,
      frameAt + ethernetHeaderBytes,
      record[at + ArpWord.operation] as number,
      etherHigh,
      etherLow,
      ipv4At(record, at + ArpWord.senderAddress),
      record[at + ArpWord.targetHardwareHigh] as number,
      record[at + ArpWord.targetHardwareLow] as number,
      ipv4At(record, at + ArpWord.targetAddress),
    )
    this.#transmit(frameAt, ethernetHeaderBytes + arpBytes)
  }

  /**
   * Answers the echo request in `slot`, whose payload is copied as it is (RFC 1122 section 3.2.2.6), or sends
   * a part of the answer. The first part has the ICMP header, over whose checksum goes what the others carry.
   */
  sendEchoReply(record: Int32Array, at: number, slot: number, bufferAt: number): void {
    const { bytes, words } = this.#parts.region
    const head = slot + SlotWord.head
    const from = frameAtOf(words, slot) + (words[head + HeaderWord.payloadOffset] as number)
    const offset = record[at + IcmpWord.offset] as number
    const length = record[at + IcmpWord.length] as number
    // Where a message would begin that has the request's payload at its place.
    const messageFrom = from - icmpHeaderBytes
    const frameAt = frameStart(bufferAt, icmpAt, messageFrom + offset)
    bytes.copyWithin(frameAt + icmpAt, messageFrom + offset, messageFrom + offset + length)
    if (offset === 0) {
      this.#writeEcho(record, at, frameAt + icmpAt)
      const payloadSum = sumBytes(bytes, words, from, words[head + HeaderWord.payloadLength] as number)
      completeIcmpHeader(bytes, frameAt + icmpAt, payloadSum)
    }
    this.#writePacket(record, at, frameAt, length)
    const isFollowed = record[at + IcmpWord.isFollowed] !== 0
    if (isFollowed || offset > 0) {
      const identification = record[at + IcmpWord.identification] as number
      writeFragmentHeader(bytes, frameAt + ipAt, identification, offset, !isFollowed)
    }
    this.#transmit(frameAt, icmpAt + length)
  }

  #writeEcho(record: Int32Array, at: number, messageAt: number): void {
    writeIcmpEcho(
      this.#parts.region.bytes,
      messageAt,
      record[at + IcmpWord.type] as number,
      record[at + IcmpWord.identifier] as number,
      record[at + IcmpWord.sequence] as number,
    )
  }

  /** Tells the sender of the packet in `slot` why it was not taken, quoting its beginning. */
  sendIcmpError(record: Int32Array, at: number, slot: number, bufferAt: number): void {
    const { bytes, words } = this.#parts.region
    const from = frameAtOf(words, slot) + ipAt
    const length = quotedBytes(ipv4TotalLength(bytes, from))
    const frameAt = frameStart(bufferAt, 0, from - icmpAt - icmpHeaderBytes)
    const messageAt = frameAt + icmpAt
    bytes.copyWithin(messageAt + icmpHeaderBytes, from, from + length)
    writeIcmpError(
      bytes,
      messageAt,
      record[at + IcmpWord.type] as number,
      record[at + IcmpWord.code] as number,
      record[at + IcmpWord.nextHopMtu] as number,
    )
    writeIcmpChecksum(bytes, words, messageAt, icmpHeaderBytes + length)
    this.#writePacket(record, at, frameAt, icmpHeaderBytes + length)
    this.#transmit(frameAt, icmpAt + icmpHeaderBytes + length)
  }

  /** The headers of a packet with so many bytes of ICMP. */
  #writePacket(record: Int32Array, at: number, frameAt: number, length: number): void {
    const { bytes } = this.#parts.region
    const source = ipv4At(record, at + IcmpWord.ipSource)
    const destination = ipv4At(record, at + IcmpWord.ipDestination)
    writeIpv4(bytes, frameAt + ipAt, IpProtocol.icmp, source, destination, length, 0)
    this.#writeEthernet(record, at, frameAt, EtherType.ipv4)
  }

  #writeEthernet(record: Int32Array, at: number, frameAt: number, etherType: number): void {
    const { region, etherHigh, etherLow } = this.#parts
    const high = record[at + FrameWord.etherDestinationHigh] as number
    const low = record[at + FrameWord.etherDestinationLow] as number
    writeEthernet(region.bytes, frameAt, high, low, etherHigh, etherLow, etherType)
  }

  #transmit(frameAt: number, length: number): void {
    const { transmitter, region } = this.#parts
    if (!transmitter.capabilities.virtioHeader) {
      transmitter.transmit(frameAt, length)
      return
    }
    writeVirtioPlain(region.bytes, frameAt - virtioHeaderBytes)
    transmitter.transmit(frameAt - virtioHeaderBytes, length + virtioHeaderBytes)
  }
}
