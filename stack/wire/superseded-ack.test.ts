import { expect, test } from 'vitest'
import { Bench, segment } from './frame-fixtures.ts'
import { OptionBit, TcpFlag } from './header.ts'
import { supersedesAck } from './superseded-ack.ts'

type Fields = Parameters<typeof segment>[0]

const plain: Fields = {
  sourcePort: 80,
  destinationPort: 4000,
  sequence: 77,
  acknowledgment: 1000,
  flags: TcpFlag.ack,
  window: 500,
  options: OptionBit.timestamps,
  timestampValue: 10,
  timestampEcho: 5,
}

/** Whether a frame with these fields makes a plain acknowledgment needless, and the frame's length. */
function verdict(
  fields: Fields,
  {
    older = {} as Fields,
    payload = 0,
    sack = [] as number[],
    damage = (_: Uint8Array, _at: number) => {},
  } = {},
) {
  const olderAt = 514
  const newerAt = 514 + 128
  const bench = new Bench(newerAt)
  const first = new Bench(olderAt)
  first.tcp(segment({ ...plain, ...older }), 0)
  const length = bench.tcp(segment({ ...plain, ...fields }, sack), payload)
  bench.bytes.set(first.bytes.subarray(olderAt, newerAt), olderAt)
  damage(bench.bytes, newerAt)
  return supersedesAck(bench.bytes, olderAt, newerAt, length)
}

test('a later acknowledgment of the same connection makes an earlier one needless', () => {
  expect(verdict({ acknowledgment: 2448 })).toBe(true)
  expect(verdict({ acknowledgment: 2448, window: 9, timestampValue: 11, timestampEcho: 9 })).toBe(true)
})

test('acknowledgments are compared as sequence numbers are', () => {
  expect(verdict({ acknowledgment: -0x7fffff00 }, { older: { acknowledgment: 0x7fffff00 } })).toBe(true)
  expect(verdict({ acknowledgment: 999 })).toBe(false)
})

test('a duplicate says something of its own', () => {
  expect(verdict({})).toBe(false)
})

test.each<[string, Fields]>([
  ['another connection', { sourcePort: 81 }],
  ['another sequence number', { sequence: 78 }],
  ['a FIN', { flags: TcpFlag.ack | TcpFlag.fin }],
  ['a reset', { flags: TcpFlag.ack | TcpFlag.rst }],
  ['an echo of congestion', { flags: TcpFlag.ack | TcpFlag.ece }],
  ['no timestamps', { options: 0 }],
])('%s does not', (_what, fields) => {
  expect(verdict({ acknowledgment: 2448, ...fields })).toBe(false)
  expect(verdict({ acknowledgment: 2448 }, { older: fields })).toBe(false)
})

test('an older timestamp would be refused, and is left to be', () => {
  expect(verdict({ acknowledgment: 2448, timestampValue: 9 })).toBe(false)
})

test('payload and SACK blocks are not bare', () => {
  expect(verdict({ acknowledgment: 2448 }, { payload: 1 })).toBe(false)
  expect(verdict({ acknowledgment: 2448 }, { sack: [3000, 4000] })).toBe(false)
})

test.each([
  ['type', 12, 0x86],
  ['version', 14, 0x65],
  ['type of service', 15, 3],
  ['total length', 17, 51],
  ['fragment offset', 21, 1],
  ['protocol', 23, 17],
  ['source', 29, 9],
  ['destination', 33, 9],
])('a frame with another %s does not', (_what, offset, value) => {
  const damage = (bytes: Uint8Array, at: number) => {
    bytes[at + offset] = value
  }
  expect(verdict({ acknowledgment: 2448 }, { damage })).toBe(false)
})
