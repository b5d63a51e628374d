import { expect, test } from 'vitest'
import { sumBytes, sumHolds } from './checksum.ts'
import { TcpFlag } from './header.ts'
import { TcpOffset, writeTcpPseudoChecksum } from './tcp.ts'
import { Bench, ours, segment, theirs } from './testing/frame-fixtures.ts'
import { virtioHeaderBytes, virtioTrustsChecksum, writeVirtioOffload, writeVirtioPlain } from './virtio.ts'

test('a plain header is zeros and vouches for nothing', () => {
  const bytes = new Uint8Array(14).fill(7)
  writeVirtioPlain(bytes, 1)
  expect([...bytes]).toEqual([7, ...new Uint8Array(virtioHeaderBytes), 7])
  expect(virtioTrustsChecksum(bytes, 1)).toBe(false)
})

test('an offload header has its fields in little-endian order', () => {
  const bytes = new Uint8Array(virtioHeaderBytes)
  writeVirtioOffload(bytes, 0, 66, 1448, 34, TcpOffset.checksum)
  expect([...bytes]).toEqual([1, 1, 66, 0, 0xa8, 0x05, 34, 0, 16, 0, 0, 0])
  writeVirtioOffload(bytes, 0, 66, 0, 34, TcpOffset.checksum)
  expect(bytes[1]).toBe(0)
})

test.each([
  [1, true],
  [2, true],
  [0, false],
])('flags %i vouch for the checksum: %s', (flags, expected) => {
  const bytes = new Uint8Array(virtioHeaderBytes)
  bytes[0] = flags
  expect(virtioTrustsChecksum(bytes, 0)).toBe(expected)
})

test('what a device adds to the pseudo checksum makes the segment hold', () => {
  const bench = new Bench()
  const { bytes, words, frameAt } = bench
  const length = bench.tcp(segment({ flags: TcpFlag.ack }), 100)
  const transport = frameAt + 34
  const segmentLength = length - 34
  const complete = bytes.slice(transport + 16, transport + 18)
  writeTcpPseudoChecksum(bytes, transport, theirs, ours, segmentLength)
  // As virtio 1.2 section 5.1.6.2.1 has it: sum from the start, field included, and store the complement.
  const sum = sumBytes(bytes, words, transport, segmentLength)
  expect(sumHolds(sum)).toBe(false)
  expect([(~sum >> 8) & 0xff, ~sum & 0xff]).toEqual([...complete])
})
