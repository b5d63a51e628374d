/** Valid frames for tests, built by the encoders of `wire`, and how they are damaged. */

import fc from 'fast-check'
import { ipv4At, isIpv4Mapped } from '../address.ts'
import { parseHardwareAddress, parseIpv4Address } from '../addresses.ts'
import { ArpOperation, arpBytes, writeArp } from '../arp.ts'
import { sumBytes } from '../checksum.ts'
import { writeCtp, writeCtpChecksum } from '../ctp.ts'
import { EtherType, ethernetHeaderBytes, writeEthernet } from '../ethernet.ts'
import { CtpWord, TcpWord } from '../header.ts'
import { IcmpType, icmpHeaderBytes, writeIcmpChecksum, writeIcmpEcho, writeIcmpError } from '../icmpv4.ts'
import { IpProtocol, ipv4HeaderBytes, writeIpv4 } from '../ipv4.ts'
import { writeTcp, writeTcpChecksum } from '../tcp.ts'
import { udpHeaderBytes, writeUdp, writeUdpChecksum } from '../udp.ts'

export const ours = parseIpv4Address('10.0.0.1')
export const theirs = parseIpv4Address('192.168.200.2')
export const ourHardware = parseHardwareAddress('02:00:0a:00:00:01')
export const theirHardware = parseHardwareAddress('fe:ff:c0:a8:c8:02')

/** A region with a head at word 0 and room for one frame behind it. */
export class Bench {
  readonly words: Int32Array
  readonly bytes: Uint8Array
  readonly frameAt: number

  constructor(frameAt = 514, sizeBytes = 4096) {
    const buffer = new SharedArrayBuffer(sizeBytes)
    this.words = new Int32Array(buffer)
    this.bytes = new Uint8Array(buffer)
    this.frameAt = frameAt
  }

  head(word: number): number {
    return this.words[word] as number
  }

  /** The 32 bits of the mapped address in the head; undefined if it is no IPv4 address. */
  ipv4(word: number): number | undefined {
    return isIpv4Mapped(this.words, word) ? ipv4At(this.words, word) : undefined
  }

  /** Writes Ethernet and IPv4 headers; returns where the transport starts. */
  packet(protocol: number, payloadLength: number): number {
    this.#ethernet(EtherType.ipv4)
    const at = this.frameAt + ethernetHeaderBytes
    writeIpv4(this.bytes, at, protocol, theirs, ours, payloadLength, 1)
    return at + ipv4HeaderBytes
  }

  #ethernet(etherType: number): void {
    const { bytes, frameAt } = this
    const { high, low } = ourHardware
    writeEthernet(bytes, frameAt, high, low, theirHardware.high, theirHardware.low, etherType)
  }

  fillPayload(at: number, length: number): void {
    for (let offset = 0; offset < length; offset++) this.bytes[at + offset] = offset * 7 + 1
  }

  /** Each of these writes a whole frame and returns its length. */
  arp(): number {
    this.#ethernet(EtherType.arp)
    const at = this.frameAt + ethernetHeaderBytes
    const { high, low } = theirHardware
    writeArp(this.bytes, at, ArpOperation.request, high, low, theirs, 0, 0, ours)
    return ethernetHeaderBytes + arpBytes
  }

  echo(payloadLength: number): number {
    const length = icmpHeaderBytes + payloadLength
    const at = this.packet(IpProtocol.icmp, length)
    writeIcmpEcho(this.bytes, at, IcmpType.echoRequest, 0xbeef, 7)
    this.fillPayload(at + icmpHeaderBytes, payloadLength)
    writeIcmpChecksum(this.bytes, this.words, at, length)
    return at + length - this.frameAt
  }

  /** Fragmentation needed, quoting the first 28 bytes of a TCP segment that we sent. */
  icmpError(): number {
    const length = icmpHeaderBytes + ipv4HeaderBytes + 8
    const at = this.packet(IpProtocol.icmp, length)
    writeIcmpError(this.bytes, at, IcmpType.unreachable, 4, 1400)
    const quote = at + icmpHeaderBytes
    writeIpv4(this.bytes, quote, IpProtocol.tcp, ours, theirs, 1480, 0)
    const record = segment({ sourcePort: 4000, destinationPort: 80, sequence: -5 })
    const scratch = new Uint8Array(64)
    writeTcp(scratch, 0, record, 0)
    this.bytes.set(scratch.subarray(0, 8), quote + ipv4HeaderBytes)
    writeIcmpChecksum(this.bytes, this.words, at, length)
    return at + length - this.frameAt
  }

  udp(payloadLength: number): number {
    const at = this.packet(IpProtocol.udp, udpHeaderBytes + payloadLength)
    writeUdp(this.bytes, at, 5353, 53, payloadLength)
    this.fillPayload(at + udpHeaderBytes, payloadLength)
    const sum = sumBytes(this.bytes, this.words, at + udpHeaderBytes, payloadLength)
    writeUdpChecksum(this.bytes, at, theirs, ours, payloadLength, sum)
    return at + udpHeaderBytes + payloadLength - this.frameAt
  }

  /** A composite protocol's message; `record` in the order of `CtpWord`. */
  ctp(record: Int32Array, payloadLength: number): number {
    const { bytes, words } = this
    const transport = this.frameAt + ethernetHeaderBytes + ipv4HeaderBytes
    const headerBytes = writeCtp(bytes, transport, record, 0)
    this.packet(IpProtocol.ctp, headerBytes + payloadLength)
    const payload = transport + headerBytes
    this.fillPayload(payload, payloadLength)
    const sum = sumBytes(bytes, words, payload, payloadLength)
    writeCtpChecksum(bytes, transport, headerBytes, theirs, ours, payloadLength, sum)
    return payload + payloadLength - this.frameAt
  }

  /** `content`: of the payload; by default as everywhere here. */
  tcp(record: Int32Array, payloadLength: number, content?: Uint8Array): number {
    const { bytes, words } = this
    // The header's length is known once it was written; the packet's header follows it.
    const transport = this.frameAt + ethernetHeaderBytes + ipv4HeaderBytes
    const headerLength = writeTcp(bytes, transport, record, 0)
    this.packet(IpProtocol.tcp, headerLength + payloadLength)
    const payload = transport + headerLength
    if (content === undefined) this.fillPayload(payload, payloadLength)
    else bytes.set(content, payload)
    const sum = sumBytes(bytes, words, payload, payloadLength)
    writeTcpChecksum(bytes, words, transport, headerLength, theirs, ours, payloadLength, sum)
    return payload + payloadLength - this.frameAt
  }
}

/** A record in `TcpWord` order. */
export function segment(
  fields: Partial<Record<Exclude<keyof typeof TcpWord, 'sackBlocks'>, number>>,
  sackBlocks: readonly number[] = [],
): Int32Array {
  const record = new Int32Array(20)
  for (const [name, value] of Object.entries(fields)) record[TcpWord[name as keyof typeof TcpWord]] = value
  record[TcpWord.sackCount] = sackBlocks.length / 2
  record.set(sackBlocks, TcpWord.sackBlocks)
  return record
}

/** A record in the order of `CtpWord`. */
export function message(
  fields: Partial<Record<Exclude<keyof typeof CtpWord, 'held'>, number>>,
  held: readonly number[] = [],
): Int32Array {
  const record = new Int32Array(CtpWord.held + 4)
  for (const [name, value] of Object.entries(fields)) record[CtpWord[name as keyof typeof CtpWord]] = value
  record.set(held, CtpWord.held)
  return record
}

/** Where a byte of a frame is changed, as a share of the bytes that may be, and to what. */
export interface Damage {
  readonly place: number
  readonly value: number
  /** Changes one bit instead. */
  readonly isFlip: boolean
}

export const damages: fc.Arbitrary<readonly Damage[]> = fc.array(
  fc.record({ place: fc.nat(0xffff), value: fc.nat(255), isFlip: fc.boolean() }),
  { maxLength: 3 },
)

/** Changes bytes among the `length` from `at` on. */
export function damage(bytes: Uint8Array, at: number, length: number, list: readonly Damage[]): void {
  if (length === 0) return
  for (const { place, value, isFlip } of list) {
    const where = at + (place % length)
    bytes[where] = isFlip ? (bytes[where] as number) ^ (1 << (value & 7)) : value
  }
}
