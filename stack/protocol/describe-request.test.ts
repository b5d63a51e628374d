import { expect, test } from 'vitest'
import { mapIpv4, writeIpv4Mapped } from '../wire/address.ts'
import { Format, HeaderWord, headerAddresses, TcpFlag, Verdict } from '../wire/header.ts'
import { describeRequest, formatRequest, type RequestView } from './describe-request.ts'
import { Request } from './requests.ts'

const headAt = 24

function view(
  kind: number,
  verdict: number,
  head: Partial<Record<keyof typeof HeaderWord, number>> = {},
): RequestView {
  const words = new Int32Array(96)
  words.set([kind, 4711, -5, 60, verdict, 7, ...mapIpv4(0x0a000009), 80, 0])
  for (const [name, value] of Object.entries(head)) {
    const at = headAt + HeaderWord[name as keyof typeof HeaderWord]
    if (headerAddresses.has(name)) writeIpv4Mapped(words, at, value)
    else words[at] = value
  }
  return { words, kindAt: 0, verdictAt: 4, argumentsAt: 5, headAt }
}

const tell = (...parts: Parameters<typeof view>) => formatRequest(describeRequest(view(...parts), 17))

test('a TCP segment is told by addresses, flags and numbers', () => {
  const head = {
    format: Format.tcp,
    ipSource: 0x0a000002,
    ipDestination: 0x0a000001,
    sourcePort: 5001,
    destinationPort: 40_000,
    flags: TcpFlag.ack | TcpFlag.psh,
    sequence: -7,
    acknowledgment: 12,
    window: 512,
    payloadLength: 6,
    sackCount: 1,
    sackBlocks: 100,
  }
  expect(tell(Request.frame, Verdict.accepted, head)).toBe(
    'request 17 at 4711 µs: frame of 60 bytes, tcp 10.0.0.2:5001 to 10.0.0.1:40000, flags PSH ACK, ' +
      'sequence -7, acknowledgment 12, window 512, payloadLength 6, sackBlocks 100,0',
  )
})

test('an ARP packet has no ports', () => {
  const head = { format: Format.arp, ipSource: 1, ipDestination: 2, arpOperation: 1 }
  expect(tell(Request.frame, Verdict.accepted, head)).toBe(
    'request 17 at 4711 µs: frame of 60 bytes, arp 0.0.0.1 to 0.0.0.2',
  )
})

test('a refused frame is told with the reason: nothing was decoded', () => {
  expect(tell(Request.frame, Verdict.badChecksum)).toBe(
    'request 17 at 4711 µs: frame of 60 bytes, badChecksum',
  )
  expect(describeRequest(view(Request.frame, Verdict.malformed), 1).header).toBeUndefined()
})

test('a call is told with its arguments, a tick without any', () => {
  expect(tell(Request.connect, 0)).toBe(
    'request 17 at 4711 µs: connect(cookie 7, remoteAddress 10.0.0.9, remotePort 80, localPort 0)',
  )
  expect(tell(Request.tick, 0)).toBe('request 17 at 4711 µs: tick')
  expect(tell(99, 0)).toBe('request 17 at 4711 µs: unknown (99)()')
})
