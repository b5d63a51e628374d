import { describe, expect, test } from 'vitest'
import { OptionBit, TcpFlag } from './header.ts'
import { supersedesAck } from './superseded-ack.ts'
import { Bench, segment } from './testing/frame-fixtures.ts'

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

/** Whether a frame with these fields supersedes a plain acknowledgment, or one with `olderSack`. */
function verdict(
  fields: Fields,
  {
    older = {} as Fields,
    payload = 0,
    sack = [] as number[],
    olderSack = [] as number[],
    damage = (_: Uint8Array, _at: number) => {},
  } = {},
) {
  const olderAt = 514
  const newerAt = 514 + 128
  const bench = new Bench(newerAt)
  const first = new Bench(olderAt)
  const olderLength = first.tcp(segment({ ...plain, ...older }, olderSack), 0)
  const length = bench.tcp(segment({ ...plain, ...fields }, sack), payload)
  bench.bytes.set(first.bytes.subarray(olderAt, newerAt), olderAt)
  damage(bench.bytes, newerAt)
  return supersedesAck(bench.bytes, olderAt, olderLength, newerAt, length)
}

test('a later acknowledgment of the same connection makes an earlier one needless', () => {
  expect(verdict({ acknowledgment: 2448 })).toBe(true)
  expect(verdict({ acknowledgment: 2448, window: 9, timestampValue: 11, timestampEcho: 9 })).toBe(true)
})

test('acknowledgments are compared as sequence numbers are', () => {
  expect(verdict({ acknowledgment: -0x7fffff00 }, { older: { acknowledgment: 0x7fffff00 } })).toBe(true)
  expect(verdict({ acknowledgment: 999 })).toBe(false)
})

test('a duplicate without SACK blocks is counted', () => {
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

test.each([1, 3, 12, 20])('%i bytes of payload are not bare', (payload) => {
  expect(verdict({ acknowledgment: 2448 }, { payload })).toBe(false)
})

describe('SACK blocks', () => {
  test('say more than an acknowledgment without, also of the same bytes', () => {
    expect(verdict({ acknowledgment: 2448 }, { sack: [3000, 4000] })).toBe(true)
    expect(verdict({}, { sack: [3000, 4000] })).toBe(true)
    expect(verdict({}, { sack: [9000, 9500, 7000, 8000, 3000, 4000] })).toBe(true)
  })

  test('are needless once they grew, were joined or acknowledged', () => {
    expect(verdict({}, { olderSack: [3000, 4000], sack: [3000, 5000] })).toBe(true)
    expect(verdict({}, { olderSack: [3000, 4000, 6000, 7000], sack: [3000, 7000] })).toBe(true)
    expect(verdict({}, { olderSack: [3000, 4000], sack: [6000, 7000, 3000, 4000] })).toBe(true)
    expect(verdict({ acknowledgment: 4000 }, { olderSack: [3000, 4000] })).toBe(true)
    expect(
      verdict({ acknowledgment: 4000 }, { olderSack: [6000, 7000, 3000, 4000], sack: [6000, 7000] }),
    ).toBe(true)
  })

  test('that the later acknowledgment does not repeat are kept', () => {
    expect(verdict({}, { olderSack: [3000, 4000], sack: [6000, 7000] })).toBe(false)
    expect(verdict({}, { olderSack: [3000, 4000], sack: [3001, 4000] })).toBe(false)
    expect(verdict({}, { olderSack: [3000, 4000], sack: [3000, 3999] })).toBe(false)
    expect(verdict({ acknowledgment: 3999 }, { olderSack: [3000, 4000] })).toBe(false)
    expect(verdict({}, { olderSack: [3000, 4000] })).toBe(false)
  })

  test('of an earlier acknowledgment than the last do not replace it', () => {
    expect(verdict({ acknowledgment: 999 }, { sack: [3000, 4000] })).toBe(false)
  })

  test('that report a duplicate are said once, and kept', () => {
    const later = { acknowledgment: 9000 }
    expect(verdict(later, { olderSack: [500, 700] })).toBe(false)
    expect(verdict(later, { olderSack: [500, 700, 3000, 4000] })).toBe(false)
    expect(verdict(later, { olderSack: [3200, 3400, 3000, 4000] })).toBe(false)
    expect(verdict({}, { sack: [500, 700] })).toBe(true)
  })

  test('are compared as sequence numbers are', () => {
    const acknowledgment = 0x7fffff00
    const olderSack = [0x7fffff80, -0x7fffff80]
    const options = { older: { acknowledgment }, olderSack }
    expect(verdict({ acknowledgment }, { ...options, sack: [0x7fffff80, -0x7fffff00] })).toBe(true)
    expect(verdict({ acknowledgment }, { ...options, sack: [0x7fffff80, -0x7fffff81] })).toBe(false)
    expect(verdict({ acknowledgment: -0x7fffff80 }, options)).toBe(true)
  })

  test('whose option says another length are not read', () => {
    const damage = (bytes: Uint8Array, at: number) => {
      bytes[at + 14 + 55] = 18
    }
    expect(verdict({}, { sack: [3000, 4000], damage })).toBe(false)
  })
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
