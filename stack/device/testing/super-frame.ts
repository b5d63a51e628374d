/** For tests: a TCP super-frame that a device with offloads cuts into segments. */
import { EtherType, ethernetHeaderBytes, writeEthernet } from '../../wire/ethernet.ts'
import { TcpFlag, TcpWord } from '../../wire/header.ts'
import { IpProtocol, writeIpv4 } from '../../wire/ipv4.ts'
import { TcpOffset, writeTcp, writeTcpPseudoChecksum } from '../../wire/tcp.ts'
import { virtioHeaderBytes, writeVirtioOffload } from '../../wire/virtio.ts'

export const superFrameSegmentBytes = 1448
/** Bytes before the payload: virtio-net, Ethernet, IPv4 and TCP header. */
export const superFrameHeaderBytes = virtioHeaderBytes + 54

/** Writes one at the start of `bytes`. Returns its length in bytes. */
export function writeSuperFrame(bytes: Uint8Array, payloadBytes: number): number {
  const ipAt = virtioHeaderBytes + ethernetHeaderBytes
  const tcpAt = ipAt + 20
  const record = new Int32Array(20)
  record[TcpWord.flags] = TcpFlag.ack
  writeVirtioOffload(bytes, 0, 54, superFrameSegmentBytes, 34, TcpOffset.checksum)
  writeEthernet(bytes, virtioHeaderBytes, 0xffff, -1, 0x0200, 1, EtherType.ipv4)
  writeIpv4(bytes, ipAt, IpProtocol.tcp, 0x0a000001, 0x0a000002, 20 + payloadBytes, 0)
  writeTcp(bytes, tcpAt, record, 0)
  writeTcpPseudoChecksum(bytes, tcpAt, 0x0a000001, 0x0a000002, 20 + payloadBytes)
  for (let k = 0; k < payloadBytes; k++) bytes[superFrameHeaderBytes + k] = k * 7
  return superFrameHeaderBytes + payloadBytes
}
