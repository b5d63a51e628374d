import { expect, test } from 'vitest'
import { followsSegment } from './following-segment.ts'
import { OptionBit, TcpFlag } from './header.ts'
import { Bench, segment } from './testing/frame-fixtures.ts'

type Fields = Parameters<typeof segment>[0]

const first: Fields = {
  sourcePort: 80,
  destinationPort: 4000,
  sequence: 1000,
  acknowledgment: 5,
  flags: TcpFlag.ack,
  window: 500,
  options: OptionBit.timestamps,
  timestampValue: 10,
  timestampEcho: 5,
}

const olderAt = 514
const newerAt = 514 + 1024
/** From a frame's start to the IPv4 header. */
const ipAt = 14

interface Changes {
  readonly older?: Fields
  readonly olderPayload?: number
  readonly payload?: number
  /** Applied to the second frame. */
  readonly damage?: (bytes: Uint8Array, at: number) => void
}

/** Whether a segment with these fields follows the first, which has 100 bytes of payload. */
function verdict(
  fields: Fields,
  { older = {}, olderPayload = 100, payload = 100, damage }: Changes = {},
): boolean {
  const bench = new Bench(newerAt)
  const before = new Bench(olderAt)
  const olderLength = before.tcp(segment({ ...first, ...older }), olderPayload)
  const length = bench.tcp(segment({ ...first, sequence: 1100, ...fields }), payload)
  bench.bytes.set(before.bytes.subarray(olderAt, newerAt), olderAt)
  damage?.(bench.bytes, newerAt)
  return followsSegment(bench.bytes, olderAt, olderLength, newerAt, length)
}

test('a segment follows the one that ends where it begins', () => {
  expect(verdict({})).toBe(true)
  expect(
    verdict({ flags: TcpFlag.ack | TcpFlag.psh, window: 9, acknowledgment: 77, timestampValue: 11 }),
  ).toBe(true)
  expect(verdict({}, { payload: 1 })).toBe(true)
})

test('places are compared as sequence numbers are', () => {
  expect(verdict({ sequence: 0x7fff_fff0 + 100 - 2 ** 32 }, { older: { sequence: 0x7fff_fff0 } })).toBe(true)
  expect(verdict({ sequence: 1099 })).toBe(false)
  expect(verdict({ sequence: 1101 })).toBe(false)
  expect(verdict({ sequence: 1000 })).toBe(false)
})

test.each<[string, Fields]>([
  ['another source port', { sourcePort: 81 }],
  ['another destination port', { destinationPort: 4001 }],
  ['a FIN', { flags: TcpFlag.ack | TcpFlag.fin }],
  ['a SYN', { flags: TcpFlag.syn }],
  ['a reset', { flags: TcpFlag.ack | TcpFlag.rst }],
  ['urgent data', { flags: TcpFlag.ack | TcpFlag.urg }],
  ['no ACK', { flags: TcpFlag.psh }],
])('%s does not follow', (_, fields) => {
  expect(verdict(fields)).toBe(false)
})

test('neither of the two may be without payload', () => {
  expect(verdict({}, { payload: 0 })).toBe(false)
  expect(verdict({ sequence: 1000 }, { olderPayload: 0 })).toBe(false)
})

test.each<[string, (bytes: Uint8Array, at: number) => void]>([
  ['another sender', (bytes, at) => bytes.set([9], at + ipAt + 15)],
  ['another receiver', (bytes, at) => bytes.set([9], at + ipAt + 19)],
  ['a fragment', (bytes, at) => bytes.set([0x20], at + ipAt + 6)],
  ['options of IPv4', (bytes, at) => bytes.set([0x46], at + ipAt)],
  ['another protocol', (bytes, at) => bytes.set([17], at + ipAt + 9)],
  ['another kind of packet', (bytes, at) => bytes.set([0x86, 0xdd], at + 12)],
  ['a header longer than the packet', (bytes, at) => bytes.set([0, 30], at + ipAt + 2)],
])('%s does not follow', (_, damage) => {
  expect(verdict({}, { damage })).toBe(false)
})

test('a frame that ends within its headers does not follow', () => {
  const bytes = new Uint8Array(200)
  bytes.set([8, 0], 12)
  for (let length = 0; length < 54; length++) expect(followsSegment(bytes, 0, length, 60, length)).toBe(false)
})
