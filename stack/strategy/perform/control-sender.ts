/**
 * Performs the small packets that keep a network going: ARP, ICMP echo replies and errors. One instance per
 * thread, over that thread's transmit buffer.
 */

import type { Device } from '../../device/device.ts'
import type { Region } from '../../dominoes/region.ts'
import { SlotWord, slotPayloadOffset } from '../../dominoes/slot.ts'
import { ArpWord, IcmpWord } from '../../protocol/actions.ts'
import { arpBytes, writeArp } from '../../wire/arp.ts'
import { EtherType, ethernetHeaderBytes, writeEthernet } from '../../wire/ethernet.ts'
import { HeaderWord } from '../../wire/header.ts'
import {
  icmpHeaderBytes,
  quotedBytes,
  writeIcmpChecksum,
  writeIcmpEcho,
  writeIcmpError,
} from '../../wire/icmpv4.ts'
import { IpProtocol, ipv4HeaderBytes, ipv4TotalLength, writeIpv4 } from '../../wire/ipv4.ts'
import { virtioHeaderBytes, writeVirtioPlain } from '../../wire/virtio.ts'
import { frameOffset } from '../stack-layout.ts'
import { frameStart } from './transmit-buffer.ts'

const ipAt = ethernetHeaderBytes
const icmpAt = ipAt + ipv4HeaderBytes

export interface ControlSenderParts {
  readonly region: Region
  readonly transmitAt: number
  readonly device: Device
  readonly etherHigh: number
  readonly etherLow: number
}

export class ControlSender {
  readonly #parts: ControlSenderParts

  constructor(parts: ControlSenderParts) {
    this.#parts = parts
  }

  sendArp(record: Int32Array, at: number): boolean {
    const { region, etherHigh, etherLow } = this.#parts
    const frameAt = this.#start(0)
    this.#writeEthernet(record, at, frameAt, EtherType.arp)
    writeArp(
      region.bytes,
      frameAt + ethernetHeaderBytes,
      record[at + ArpWord.operation] as number,
      etherHigh,
      etherLow,
      record[at + ArpWord.senderAddress] as number,
      record[at + ArpWord.targetHardwareHigh] as number,
      record[at + ArpWord.targetHardwareLow] as number,
      record[at + ArpWord.targetAddress] as number,
    )
    return this.#transmit(frameAt, ethernetHeaderBytes + arpBytes)
  }

  /** Answers the echo request in `slot`, whose payload is copied as it is (RFC 1122 section 3.2.2.6). */
  sendEchoReply(record: Int32Array, at: number, slot: number): boolean {
    const { bytes, words } = this.#parts.region
    const from = frameAtOf(slot) + (words[slot + SlotWord.head + HeaderWord.payloadOffset] as number)
    const length = words[slot + SlotWord.head + HeaderWord.payloadLength] as number
    const frameAt = this.#start(from - icmpAt - icmpHeaderBytes)
    const messageAt = frameAt + icmpAt
    bytes.copyWithin(messageAt + icmpHeaderBytes, from, from + length)
    writeIcmpEcho(
      bytes,
      messageAt,
      record[at + IcmpWord.type] as number,
      record[at + IcmpWord.identifier] as number,
      record[at + IcmpWord.sequence] as number,
    )
    return this.#sendMessage(record, at, frameAt, icmpHeaderBytes + length)
  }

  /** Tells the sender of the packet in `slot` why it was not taken, quoting its beginning. */
  sendIcmpError(record: Int32Array, at: number, slot: number): boolean {
    const { bytes } = this.#parts.region
    const from = frameAtOf(slot) + ipAt
    const length = quotedBytes(ipv4TotalLength(bytes, from))
    const frameAt = this.#start(from - icmpAt - icmpHeaderBytes)
    const messageAt = frameAt + icmpAt
    bytes.copyWithin(messageAt + icmpHeaderBytes, from, from + length)
    writeIcmpError(
      bytes,
      messageAt,
      record[at + IcmpWord.type] as number,
      record[at + IcmpWord.code] as number,
      record[at + IcmpWord.nextHopMtu] as number,
    )
    return this.#sendMessage(record, at, frameAt, icmpHeaderBytes + length)
  }

  #sendMessage(record: Int32Array, at: number, frameAt: number, messageLength: number): boolean {
    const { bytes, words } = this.#parts.region
    const source = record[at + IcmpWord.ipSource] as number
    const destination = record[at + IcmpWord.ipDestination] as number
    writeIcmpChecksum(bytes, words, frameAt + icmpAt, messageLength)
    writeIpv4(bytes, frameAt + ipAt, IpProtocol.icmp, source, destination, messageLength, 0)
    this.#writeEthernet(record, at, frameAt, EtherType.ipv4)
    return this.#transmit(frameAt, icmpAt + messageLength)
  }

  /** Destination words stand at the same place in every record that is sent. */
  #writeEthernet(record: Int32Array, at: number, frameAt: number, etherType: number): void {
    const { region, etherHigh, etherLow } = this.#parts
    const high = record[at + ArpWord.etherDestinationHigh] as number
    const low = record[at + ArpWord.etherDestinationLow] as number
    writeEthernet(region.bytes, frameAt, high, low, etherHigh, etherLow, etherType)
  }

  #start(congruentTo: number): number {
    return frameStart(this.#parts.transmitAt, 0, congruentTo)
  }

  #transmit(frameAt: number, length: number): boolean {
    const { device, region } = this.#parts
    if (!device.capabilities.virtioHeader) return device.write(frameAt, length)
    writeVirtioPlain(region.bytes, frameAt - virtioHeaderBytes)
    return device.write(frameAt - virtioHeaderBytes, length + virtioHeaderBytes)
  }
}

function frameAtOf(slot: number): number {
  return slot * 4 + slotPayloadOffset + frameOffset
}
