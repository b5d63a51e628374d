import { describe, expect, test } from 'vitest'
import { type PcapEnd, type PcapError, pcapRecords, pcapRecordsOf } from './pcap-records.ts'

interface Variant {
  readonly isLittleEndian: boolean
  readonly hasNanos: boolean
  readonly linkType?: number
}

/** A file with records of 1, 2, 3 … bytes, a millisecond and 1,234 ns apart. */
function file({ isLittleEndian, hasNanos, linkType = 1 }: Variant, lengths: readonly number[]): Uint8Array {
  const total = lengths.reduce((sum, length) => sum + 16 + length, 24)
  const bytes = new Uint8Array(total)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, hasNanos ? 0xa1b23c4d : 0xa1b2c3d4, isLittleEndian)
  view.setUint16(4, 2, isLittleEndian)
  view.setUint16(6, 4, isLittleEndian)
  view.setUint32(16, 65_535, isLittleEndian)
  view.setUint32(20, linkType, isLittleEndian)
  let at = 24
  lengths.forEach((length, index) => {
    view.setUint32(at, 1_700_000_000, isLittleEndian)
    view.setUint32(at + 4, hasNanos ? index * 1_001_234 : index * 1001, isLittleEndian)
    view.setUint32(at + 8, length, isLittleEndian)
    view.setUint32(at + 12, length + 1000, isLittleEndian)
    bytes.fill(index + 1, at + 16, at + 16 + length)
    at += 16 + length
  })
  return bytes
}

function readAll(records: Generator<unknown, PcapEnd>): { records: unknown[]; end: PcapEnd } {
  const all: unknown[] = []
  for (;;) {
    const next = records.next()
    if (next.done === true) return { records: all, end: next.value }
    all.push(next.value)
  }
}

const little = { isLittleEndian: true, hasNanos: false }

describe.each([
  ['little-endian', true],
  ['big-endian', false],
])('%s', (_, isLittleEndian) => {
  test.each([
    ['microseconds', false, 0],
    ['nanoseconds', true, 234],
  ])('%s', (_, hasNanos, nanos) => {
    const { records, end } = readAll(pcapRecordsOf(file({ isLittleEndian, hasNanos }, [1, 2])))
    expect(records).toEqual([
      { timeMicros: 1_700_000_000_000_000, nanos: 0, frameLength: 1001, bytes: Uint8Array.of(1) },
      { timeMicros: 1_700_000_000_001_001, nanos, frameLength: 1002, bytes: Uint8Array.of(2, 2) },
    ])
    expect(end).toEqual({ isCutShort: false })
  })
})

test('a capture of no frames is one', () => {
  expect(readAll(pcapRecordsOf(file(little, [])))).toEqual({ records: [], end: { isCutShort: false } })
})

test.each([1, 16, 17, 26])('a last record that lacks %i bytes ends the capture, which says so', (missing) => {
  const whole = file(little, [5, 10])
  const { records, end } = readAll(pcapRecordsOf(whole.subarray(0, whole.length - missing)))
  expect(records).toHaveLength(1)
  expect(end).toEqual({ isCutShort: missing < 26 })
})

test('records larger than a chunk, and bytes that come one at a time, are put together', () => {
  const whole = file(little, [3, 700_000, 5])
  let at = 0
  const dripping = pcapRecords('pipe', (into) => {
    const count = at < 2000 ? 1 : 50_000
    const part = whole.subarray(at, at + Math.min(count, into.length))
    into.set(part)
    at += part.length
    return part.length
  })
  expect(readAll(dripping)).toEqual(readAll(pcapRecordsOf(whole)))
})

describe('what is refused says why', () => {
  test.each<[string, Uint8Array, RegExp]>([
    ['text', new TextEncoder().encode('not a capture, but long enough'), /^x: not a classic capture file/],
    ['a file that is too short', file(little, []).subarray(0, 20), /^x: not a classic capture file/],
    ['pcapng', Uint8Array.from({ length: 64 }, (_, at) => [10, 13, 13, 10][at] ?? 0), /pcapng\n.*editcap/],
    ['another link type', file({ ...little, linkType: 113 }, []), /link type 113, not Ethernet/],
    ['a length that no frame has', damagedLength(), /a record of 4294967295 bytes at a damaged place/],
  ])('%s', (_, bytes, message) => {
    expect(() => readAll(pcapRecordsOf(bytes, 'x'))).toThrow(
      expect.objectContaining<Partial<PcapError>>({
        name: 'PcapError',
        message: expect.stringMatching(message),
      }),
    )
  })
})

function damagedLength(): Uint8Array {
  const bytes = file(little, [4])
  bytes.fill(0xff, 32, 36)
  return bytes
}
