/**
 * The one gate for untrusted bytes: a frame in, words in a slot's head and a verdict out. Any thread; pure;
 * allocates nothing, never throws, reads nothing outside the frame.
 *
 * What it accepts is valid as `header.ts` says; whether the addresses are ours is for the machine to know.
 */
import { decodeArp } from './arp.ts'
import { ctpChecksumHolds, decodeCtp } from './ctp.ts'
import { decodeEthernet, EtherType, ethernetHeaderBytes, etherTypeOf } from './ethernet.ts'
import { Format, HeaderWord, Verdict } from './header.ts'
import { decodeIcmp, icmpChecksumHolds } from './icmpv4.ts'
import {
  checkIpv4Lengths,
  decodeIpv4,
  IpProtocol,
  ipv4Destination,
  ipv4HeaderLength,
  ipv4IsFragment,
  ipv4Protocol,
  ipv4Source,
  ipv4TotalLength,
} from './ipv4.ts'
import { decodeTcp, tcpChecksumHolds } from './tcp.ts'
import { decodeUdp, udpChecksumHolds, udpLengthHolds } from './udp.ts'

/**
 * Decodes the frame of `frameLength` bytes at byte `frameAt` into the head at word `headAt`; returns a
 * `Verdict`. With `trustChecksums` the transport's checksum is taken as verified elsewhere; the IPv4 header's,
 * which no device vouches for, is always verified. Unless accepted, the head's words mean nothing.
 */
export function decodeFrame(
  bytes: Uint8Array,
  frameAt: number,
  frameLength: number,
  words: Int32Array,
  headAt: number,
  trustChecksums: boolean,
): number {
  words[headAt + HeaderWord.format] = Format.none
  const ethernet = decodeEthernet(bytes, frameAt, frameLength, words, headAt)
  if (ethernet !== Verdict.accepted) return ethernet
  const at = frameAt + ethernetHeaderBytes
  const length = frameLength - ethernetHeaderBytes
  switch (etherTypeOf(bytes, frameAt)) {
    case EtherType.ipv4:
      return decodePacket(bytes, at, length, words, headAt, frameAt, trustChecksums)
    case EtherType.arp:
      return decodeArp(bytes, at, length, words, headAt)
    case EtherType.ipv6:
      // The place for IPv6: nothing behind this gate knows its addresses yet.
      return Verdict.notForUs
    default:
      return Verdict.notForUs
  }
}

function decodePacket(
  bytes: Uint8Array,
  at: number,
  length: number,
  words: Int32Array,
  headAt: number,
  frameAt: number,
  trustChecksums: boolean,
): number {
  const verdict = decodeIpv4(bytes, at, length, words, headAt)
  if (verdict !== Verdict.accepted) return verdict
  const headerLength = ipv4HeaderLength(bytes, at)
  const transport = at + headerLength
  const transportLength = ipv4TotalLength(bytes, at) - headerLength
  switch (ipv4Protocol(bytes, at)) {
    case IpProtocol.tcp:
      return decodeTcp(bytes, transport, transportLength, words, headAt, frameAt, trustChecksums)
    case IpProtocol.udp:
      return decodeUdp(bytes, transport, transportLength, words, headAt, frameAt, trustChecksums)
    case IpProtocol.icmp:
      return decodeIcmp(bytes, transport, transportLength, words, headAt, frameAt, trustChecksums)
    case IpProtocol.ctp:
      return decodeCtp(bytes, transport, transportLength, words, headAt, frameAt, trustChecksums)
    default:
      return Verdict.notForUs
  }
}

/**
 * Whether the transport checksum of an undecoded frame holds, for verification apart from decoding: a later
 * `decodeFrame` may then trust it. True also where there is no checksum to verify: `decodeFrame` refuses what
 * is malformed or not for us.
 */
export function transportChecksumHolds(
  bytes: Uint8Array,
  frameAt: number,
  frameLength: number,
  words: Int32Array,
): boolean {
  if (frameLength < ethernetHeaderBytes || etherTypeOf(bytes, frameAt) !== EtherType.ipv4) return true
  const at = frameAt + ethernetHeaderBytes
  if (checkIpv4Lengths(bytes, at, frameLength - ethernetHeaderBytes) !== Verdict.accepted) return true
  if (ipv4IsFragment(bytes, at)) return true
  const headerLength = ipv4HeaderLength(bytes, at)
  const transport = at + headerLength
  const length = ipv4TotalLength(bytes, at) - headerLength
  const source = ipv4Source(bytes, at)
  const destination = ipv4Destination(bytes, at)
  switch (ipv4Protocol(bytes, at)) {
    case IpProtocol.tcp:
      return tcpChecksumHolds(bytes, words, transport, length, source, destination)
    case IpProtocol.udp:
      if (!udpLengthHolds(bytes, transport, length)) return true
      return udpChecksumHolds(bytes, words, transport, source, destination)
    case IpProtocol.icmp:
      return icmpChecksumHolds(bytes, words, transport, length)
    case IpProtocol.ctp:
      return ctpChecksumHolds(bytes, words, transport, length, source, destination)
    default:
      return true
  }
}
