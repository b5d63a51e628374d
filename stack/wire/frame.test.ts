import { describe, expect, test } from 'vitest'
import { decodeFrame, transportChecksumHolds } from './frame.ts'
import { Format, HeaderWord, OptionBit, TcpFlag, TcpWord, Verdict } from './header.ts'
import { Bench, ours, segment, theirHardware, theirs } from './testing/frame-fixtures.ts'

function decode(bench: Bench, length: number, trustChecksums = false): number {
  return decodeFrame(bench.bytes, bench.frameAt, length, bench.words, 0, trustChecksums)
}

function addToUint16(bench: Bench, offset: number, value: number): void {
  const at = bench.frameAt + offset
  const old = ((bench.bytes[at] as number) << 8) | (bench.bytes[at + 1] as number)
  bench.bytes[at] = (old + value) >> 8
  bench.bytes[at + 1] = old + value
}

/** Changes two bytes of the IPv4 header and mends its checksum by the same amount (RFC 1624). */
function editIpv4(bench: Bench, offset: number, value: number): void {
  const at = bench.frameAt + 14 + offset
  const old = ((bench.bytes[at] as number) << 8) | (bench.bytes[at + 1] as number)
  bench.bytes[at] = value >> 8
  bench.bytes[at + 1] = value
  const field = bench.frameAt + 24
  let sum =
    (~(((bench.bytes[field] as number) << 8) | (bench.bytes[field + 1] as number)) & 0xffff) - old + value
  if (sum < 0) sum += 0xffff
  if (sum > 0xffff) sum -= 0xffff
  bench.bytes[field] = ~sum >> 8
  bench.bytes[field + 1] = ~sum
}

const dataRecord = segment(
  {
    sourcePort: 80,
    destinationPort: 40000,
    sequence: -2,
    acknowledgment: 0x7fffffff,
    flags: TcpFlag.ack | TcpFlag.psh,
    window: 65535,
    options: OptionBit.timestamps,
    timestampValue: -1,
    timestampEcho: 12,
  },
  [100, 200, -50, -40],
)

describe('a valid frame', () => {
  test.each([512, 513, 514, 515])('a TCP segment comes back field by field at frame offset %i', (frameAt) => {
    const bench = new Bench(frameAt)
    const length = bench.tcp(dataRecord, 333)
    expect(decode(bench, length)).toBe(Verdict.accepted)
    expect(bench.head(HeaderWord.format)).toBe(Format.tcp)
    expect(bench.ipv4(HeaderWord.ipSource)).toBe(theirs)
    expect(bench.ipv4(HeaderWord.ipDestination)).toBe(ours)
    expect(bench.head(HeaderWord.timeToLive)).toBe(64)
    expect(bench.head(HeaderWord.ecn)).toBe(1)
    expect(bench.head(HeaderWord.payloadOffset)).toBe(length - 333)
    expect(bench.head(HeaderWord.payloadLength)).toBe(333)
    expect(bench.head(HeaderWord.etherSourceHigh)).toBe(theirHardware.high)
    expect(bench.head(HeaderWord.etherSourceLow)).toBe(theirHardware.low)
    const record = bench.words.slice(HeaderWord.sourcePort, HeaderWord.sourcePort + 16)
    expect([...record]).toEqual([...dataRecord.slice(0, 16)])
  })

  test('Ethernet padding behind a short packet is not payload', () => {
    const bench = new Bench()
    bench.tcp(segment({ flags: TcpFlag.ack }), 0)
    expect(decode(bench, 60)).toBe(Verdict.accepted)
    expect(bench.head(HeaderWord.payloadLength)).toBe(0)
  })

  test('an ARP request carries the sender inside it', () => {
    const bench = new Bench()
    const length = bench.arp()
    bench.bytes[bench.frameAt + 6] = 0x06
    expect(decode(bench, length)).toBe(Verdict.accepted)
    expect(bench.head(HeaderWord.format)).toBe(Format.arp)
    expect(bench.head(HeaderWord.etherSourceHigh)).toBe(theirHardware.high)
    expect(bench.head(HeaderWord.etherSourceLow)).toBe(theirHardware.low)
    expect(bench.ipv4(HeaderWord.ipSource)).toBe(theirs)
    expect(bench.ipv4(HeaderWord.ipDestination)).toBe(ours)
    expect(bench.head(HeaderWord.arpOperation)).toBe(1)
  })

  test('an echo request', () => {
    const bench = new Bench()
    expect(decode(bench, bench.echo(57))).toBe(Verdict.accepted)
    expect(bench.head(HeaderWord.format)).toBe(Format.icmpEcho)
    expect(bench.head(HeaderWord.icmpType)).toBe(8)
    expect(bench.head(HeaderWord.icmpIdentifier)).toBe(0xbeef)
    expect(bench.head(HeaderWord.icmpSequence)).toBe(7)
    expect(bench.head(HeaderWord.payloadOffset)).toBe(42)
    expect(bench.head(HeaderWord.payloadLength)).toBe(57)
  })

  test('an ICMP error names the segment it quotes', () => {
    const bench = new Bench()
    expect(decode(bench, bench.icmpError())).toBe(Verdict.accepted)
    expect(bench.head(HeaderWord.format)).toBe(Format.icmpError)
    expect(bench.head(HeaderWord.icmpCode)).toBe(4)
    expect(bench.head(HeaderWord.nextHopMtu)).toBe(1400)
    expect(bench.head(HeaderWord.quotedProtocol)).toBe(6)
    expect(bench.ipv4(HeaderWord.quotedSource)).toBe(ours)
    expect(bench.ipv4(HeaderWord.quotedDestination)).toBe(theirs)
    expect(bench.head(HeaderWord.quotedSourcePort)).toBe(4000)
    expect(bench.head(HeaderWord.quotedDestinationPort)).toBe(80)
    expect(bench.head(HeaderWord.quotedSequence)).toBe(-5)
  })

  test('a UDP datagram, also without a checksum', () => {
    const bench = new Bench()
    const length = bench.udp(9)
    expect(decode(bench, length)).toBe(Verdict.accepted)
    expect(bench.head(HeaderWord.format)).toBe(Format.udp)
    expect(bench.head(HeaderWord.sourcePort)).toBe(5353)
    expect(bench.head(HeaderWord.payloadOffset)).toBe(42)
    expect(bench.head(HeaderWord.payloadLength)).toBe(9)
    bench.bytes.fill(0, bench.frameAt + 40, bench.frameAt + 42)
    expect(decode(bench, length)).toBe(Verdict.accepted)
  })
})

describe('a frame that is not for us', () => {
  test.each([
    ['IPv6', 12, 0x86dd],
    ['a VLAN tag', 12, 0x8100],
  ])('%s', (_name, offset, value) => {
    const bench = new Bench()
    const length = bench.udp(20)
    bench.bytes[bench.frameAt + offset] = value >> 8
    bench.bytes[bench.frameAt + offset + 1] = value & 0xff
    expect(decode(bench, length)).toBe(Verdict.notForUs)
  })

  test.each([
    // Fragments are put together before they come here.
    ['a first fragment', 6, 0x2000],
    ['a later fragment', 6, 0x0001],
    ['another protocol', 8, 0x4000 | 132],
  ])('%s', (_name, offset, value) => {
    const bench = new Bench()
    const length = bench.udp(20)
    editIpv4(bench, offset, value)
    expect(decode(bench, length)).toBe(Verdict.notForUs)
  })
})

describe('a malformed frame', () => {
  test('every truncation of every format is refused', () => {
    const bench = new Bench()
    const lengths = [
      () => bench.arp(),
      () => bench.echo(10),
      () => bench.icmpError(),
      () => bench.udp(10),
      () => bench.tcp(dataRecord, 10),
    ]
    for (const write of lengths) {
      const length = write()
      for (let cut = 0; cut < length; cut++) expect(decode(bench, cut)).toBe(Verdict.malformed)
    }
  })

  test('a group address as hardware source', () => {
    const bench = new Bench()
    const length = bench.udp(20)
    bench.bytes[bench.frameAt + 6] = 0x01
    expect(decode(bench, length)).toBe(Verdict.malformed)
  })

  test.each([
    ['IP version 6', 0, 0x6501],
    ['an IP header of 16 bytes', 0, 0x4401],
    ['a total length below the header', 2, 19],
    ['a total length beyond the frame', 2, 49],
    ['a multicast source', 12, 0xe000],
  ])('%s', (_name, offset, value) => {
    const bench = new Bench()
    const length = bench.udp(20)
    editIpv4(bench, offset, value)
    expect(decode(bench, length)).toBe(Verdict.malformed)
  })

  test('a UDP length beyond the packet or below its header', () => {
    const bench = new Bench()
    const length = bench.udp(20)
    addToUint16(bench, 38, 1)
    expect(decode(bench, length, true)).toBe(Verdict.malformed)
    addToUint16(bench, 38, -22)
    expect(decode(bench, length, true)).toBe(Verdict.malformed)
  })

  test.each([0x40, 0xf0])('a TCP data offset of %i', (dataOffset) => {
    const bench = new Bench()
    const length = bench.tcp(dataRecord, 0)
    bench.bytes[bench.frameAt + 46] = dataOffset
    // 15 words are more than this segment has.
    expect(decode(bench, length, true)).toBe(Verdict.malformed)
  })
})

describe('checksums', () => {
  test.each(['udp', 'echo'] as const)('any flipped bit of a %s packet is found', (kind) => {
    const bench = new Bench()
    const length = bench[kind](13)
    for (let bit = 14 * 8; bit < length * 8; bit++) {
      const at = bench.frameAt + (bit >> 3)
      bench.bytes[at] = (bench.bytes[at] as number) ^ (1 << (bit & 7))
      expect(decode(bench, length), `bit ${bit}`).toBeLessThan(0)
      bench.bytes[at] = (bench.bytes[at] as number) ^ (1 << (bit & 7))
    }
    expect(decode(bench, length)).toBe(Verdict.accepted)
  })

  test('a damaged segment is refused, accepted when trusted, and found by the separate verifier', () => {
    const bench = new Bench()
    const length = bench.tcp(dataRecord, 100)
    expect(transportChecksumHolds(bench.bytes, bench.frameAt, length, bench.words)).toBe(true)
    addToUint16(bench, length - 10, 1)
    expect(decode(bench, length)).toBe(Verdict.badChecksum)
    expect(decode(bench, length, true)).toBe(Verdict.accepted)
    expect(transportChecksumHolds(bench.bytes, bench.frameAt, length, bench.words)).toBe(false)
  })

  test("the IPv4 header's is verified even when checksums are trusted", () => {
    const bench = new Bench()
    const length = bench.udp(20)
    addToUint16(bench, 24, 1)
    expect(decode(bench, length, true)).toBe(Verdict.badChecksum)
  })
})

test('the fields of a TCP segment lie in the head as in any record', () => {
  for (const [name, offset] of Object.entries(TcpWord)) {
    expect(HeaderWord[name as keyof typeof HeaderWord]).toBe(HeaderWord.sourcePort + offset)
  }
})
