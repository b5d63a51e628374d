/**
 * The message of a router in front of a link whose MTU is smaller than a packet that must not be fragmented: "fragmentation
 * needed" with the size that would pass (RFC 1191 section 4). A pure function over bytes.
 */
import { readInt32, readUint16 } from '../../wire/big-endian.ts'
import {
  EthernetOffset,
  EtherType,
  ethernetHeaderBytes,
  etherTypeOf,
  writeEthernet,
} from '../../wire/ethernet.ts'
import {
  IcmpType,
  icmpHeaderBytes,
  quotedBytes,
  UnreachableCode,
  writeIcmpChecksum,
  writeIcmpError,
} from '../../wire/icmpv4.ts'
import { IpProtocol, ipv4HeaderBytes, ipv4Source, ipv4TotalLength, writeIpv4 } from '../../wire/ipv4.ts'

const ipAt = ethernetHeaderBytes
const icmpAt = ipAt + ipv4HeaderBytes
const quoteAt = icmpAt + icmpHeaderBytes
/** 10.0.0.254: nobody compares a router's address with anything. */
const routerAddress = 0x0a0000fe

/** Bytes of the IPv4 packet in the frame of `length` bytes at `at`; 0 if there is none. */
export function packetBytesOf(bytes: Uint8Array, at: number, length: number): number {
  const isPacket = length >= icmpAt && etherTypeOf(bytes, at) === EtherType.ipv4
  return isPacket ? ipv4TotalLength(bytes, at + ipAt) : 0
}

/** The frame that tells the sender of the one of `length` bytes at `at` that packets of `mtuBytes` would pass. */
export function fragmentationNeeded(
  bytes: Uint8Array,
  at: number,
  length: number,
  mtuBytes: number,
): Uint8Array {
  const quoted = quotedBytes(length - ipAt)
  const buffer = new ArrayBuffer(Math.ceil((quoteAt + quoted) / 4) * 4)
  const error = new Uint8Array(buffer)
  const [router, sender] = [at + EthernetOffset.destination, at + EthernetOffset.source]
  writeEthernet(
    error,
    0,
    readUint16(bytes, sender),
    readInt32(bytes, sender + 2),
    readUint16(bytes, router),
    readInt32(bytes, router + 2),
    EtherType.ipv4,
  )
  const messageBytes = icmpHeaderBytes + quoted
  writeIpv4(error, ipAt, IpProtocol.icmp, routerAddress, ipv4Source(bytes, at + ipAt), messageBytes, 0)
  writeIcmpError(error, icmpAt, IcmpType.unreachable, UnreachableCode.fragmentationNeeded, mtuBytes)
  error.set(bytes.subarray(at + ipAt, at + ipAt + quoted), quoteAt)
  writeIcmpChecksum(error, new Int32Array(buffer), icmpAt, messageBytes)
  return error.subarray(0, quoteAt + quoted)
}
