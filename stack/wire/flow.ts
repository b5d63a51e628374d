/**
 * Which connection a frame belongs to, read before it is checked: to hand it to whoever owns the connection.
 * Any thread; reads nothing outside the frame, allocates nothing. The frame is not verified yet, and of an
 * invalid frame the answer may be wrong: use it only to choose who checks the frame.
 */
import { writeIpv4Mapped } from './address.ts'
import { readUint16 } from './big-endian.ts'
import { EtherType, ethernetHeaderBytes, etherTypeOf } from './ethernet.ts'
import { IcmpType, icmpHeaderBytes } from './icmpv4.ts'
import {
  IpProtocol,
  ipv4Destination,
  ipv4FragmentOffset,
  ipv4HeaderBytes,
  ipv4HeaderLength,
  ipv4Protocol,
  ipv4Source,
} from './ipv4.ts'
import { addressField, defineRecord } from './record.ts'

export const FlowKind = {
  /** Of no connection. */
  none: 0,
  /** A TCP segment, or an ICMP error that quotes one: the flow's words say of which connection. */
  connection: 1,
  arp: 2,
} as const

/** Words that `readFlow` fills for a connection, as this host sees it. */
const flowRecord = defineRecord({
  remoteAddress: addressField('of the peer'),
  remotePort: '0 … 65535',
  localPort: '0 … 65535',
})
export const FlowWord = flowRecord.offsets
export const flowWords = flowRecord.words

const portsBytes = 4

/** Returns a `FlowKind`. */
export function readFlow(bytes: Uint8Array, frameAt: number, frameLength: number, flow: Int32Array): number {
  const end = frameAt + frameLength
  const at = frameAt + ethernetHeaderBytes
  if (at > end) return FlowKind.none
  const etherType = etherTypeOf(bytes, frameAt)
  if (etherType === EtherType.arp) return FlowKind.arp
  if (etherType !== EtherType.ipv4 || at + ipv4HeaderBytes > end) return FlowKind.none
  const payloadAt = at + ipv4HeaderLength(bytes, at)
  switch (ipv4Protocol(bytes, at)) {
    case IpProtocol.tcp:
      if (payloadAt + portsBytes > end || ipv4FragmentOffset(bytes, at) !== 0) return FlowKind.none
      writeIpv4Mapped(flow, FlowWord.remoteAddress, ipv4Source(bytes, at))
      flow[FlowWord.remotePort] = readUint16(bytes, payloadAt)
      flow[FlowWord.localPort] = readUint16(bytes, payloadAt + 2)
      return FlowKind.connection
    case IpProtocol.icmp:
      return readQuoted(bytes, payloadAt, end, flow)
    default:
      return FlowKind.none
  }
}

/** An ICMP error quotes a packet that this host sent: its source is here. */
function readQuoted(bytes: Uint8Array, messageAt: number, end: number, flow: Int32Array): number {
  const at = messageAt + icmpHeaderBytes
  if (at + ipv4HeaderBytes > end) return FlowKind.none
  const type = bytes[messageAt] as number
  if (type === IcmpType.echoRequest || type === IcmpType.echoReply) return FlowKind.none
  const portsAt = at + ipv4HeaderLength(bytes, at)
  if (ipv4Protocol(bytes, at) !== IpProtocol.tcp || portsAt + portsBytes > end) return FlowKind.none
  writeIpv4Mapped(flow, FlowWord.remoteAddress, ipv4Destination(bytes, at))
  flow[FlowWord.localPort] = readUint16(bytes, portsAt)
  flow[FlowWord.remotePort] = readUint16(bytes, portsAt + 2)
  return FlowKind.connection
}
