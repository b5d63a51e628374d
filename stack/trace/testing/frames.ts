/** Captured frames of one connection for tests, written by the stack's own encoders: headers only, as with a snap length. */
import { parseIpv4Address } from '../../wire/addresses.ts'
import { EtherType, ethernetHeaderBytes, writeEthernet } from '../../wire/ethernet.ts'
import { OptionBit, TcpFlag, TcpWord } from '../../wire/header.ts'
import { IpProtocol, ipv4HeaderBytes, writeIpv4 } from '../../wire/ipv4.ts'
import type { PcapRecord } from '../../wire/pcap.ts'
import { writeTcp } from '../../wire/tcp.ts'

/** Relative sequence numbers; of the client's data if the client sends. */
export interface FrameSpecification {
  readonly from: 'client' | 'server'
  readonly micros: number
  readonly sequence: number
  readonly acknowledgment?: number
  /** Default ACK, if there is an acknowledgment. */
  readonly flags?: number
  readonly length?: number
  readonly window?: number
  readonly windowScale?: number
  readonly timestamps?: readonly [value: number, echo: number]
  readonly sack?: readonly (readonly [left: number, right: number])[]
}

const address = { client: parseIpv4Address('10.0.0.1'), server: parseIpv4Address('10.0.0.2') }
const port = { client: 40_000, server: 80 }
export const wallMicros = 1_700_000_000_000_000

/** Frames of a connection whose ends begin at these sequence numbers. */
export function frameMaker(initial: { client: number; server: number } = { client: 1000, server: 5000 }) {
  return (specification: FrameSpecification): PcapRecord => {
    const { from, micros, sequence, acknowledgment, length = 0, window = 1000, sack = [] } = specification
    const to = from === 'client' ? 'server' : 'client'
    const options =
      (specification.windowScale === undefined ? 0 : OptionBit.windowScale) |
      (specification.timestamps === undefined ? 0 : OptionBit.timestamps)
    const record = new Int32Array(20)
    record[TcpWord.sourcePort] = port[from]
    record[TcpWord.destinationPort] = port[to]
    record[TcpWord.sequence] = initial[from] + sequence
    record[TcpWord.acknowledgment] = acknowledgment === undefined ? 0 : initial[to] + acknowledgment
    record[TcpWord.flags] = specification.flags ?? (acknowledgment === undefined ? 0 : TcpFlag.ack)
    record[TcpWord.window] = window
    record[TcpWord.options] = options
    record[TcpWord.windowScale] = specification.windowScale ?? 0
    record[TcpWord.timestampValue] = specification.timestamps?.[0] ?? 0
    record[TcpWord.timestampEcho] = specification.timestamps?.[1] ?? 0
    record[TcpWord.sackCount] = sack.length
    sack.flat().forEach((edge, index) => {
      record[TcpWord.sackBlocks + index] = initial[to] + edge
    })
    const bytes = new Uint8Array(ethernetHeaderBytes + ipv4HeaderBytes + 60)
    writeEthernet(bytes, 0, 0x0200, 2, 0x0200, 1, EtherType.ipv4)
    const headerLength = writeTcp(bytes, ethernetHeaderBytes + ipv4HeaderBytes, record, 0)
    const [source, destination] = [address[from], address[to]]
    writeIpv4(bytes, ethernetHeaderBytes, IpProtocol.tcp, source, destination, headerLength + length, 0)
    const headersLength = ethernetHeaderBytes + ipv4HeaderBytes + headerLength
    return {
      timeMicros: wallMicros + Math.floor(micros),
      nanos: Math.round((micros % 1) * 1000),
      frameLength: headersLength + length,
      bytes: bytes.slice(0, headersLength),
    }
  }
}

/** SYN, SYN and ACK, ACK within `roundTripMicros`; the next numbers are 1. */
export function handshake(roundTripMicros = 1000): FrameSpecification[] {
  return [
    { from: 'client', micros: 0, sequence: 0, flags: TcpFlag.syn },
    {
      from: 'server',
      micros: roundTripMicros / 2,
      sequence: 0,
      acknowledgment: 1,
      flags: TcpFlag.syn | TcpFlag.ack,
    },
    { from: 'client', micros: roundTripMicros, sequence: 1, acknowledgment: 1 },
  ]
}
