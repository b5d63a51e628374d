import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { writeUint16 } from '../../wire/big-endian.ts'
import { sumBytes } from '../../wire/checksum.ts'
import { TcpFlag } from '../../wire/header.ts'
import { Ipv4Offset, ipv4Destination, ipv4Source } from '../../wire/ipv4.ts'
import { TcpOffset, writeTcpChecksum } from '../../wire/tcp.ts'
import { Bench } from '../../wire/testing/frame-fixtures.ts'
import { VirtioFlag, virtioHeaderBytes, virtioSegmentBytes } from '../../wire/virtio.ts'
import { ipAt, tcpAt, tcpHeaderLength, writePacketLength } from './segmentation.ts'
import {
  buildSegment,
  buildSuperFrame,
  cutByDevice,
  plainSuperFrame,
  readByDevice,
  type SuperFrame,
  superFrames,
} from './testing/offload-bench.ts'

const { ack, psh, fin, syn, rst, urg, cwr, ece } = TcpFlag
const headerBytes = 14 + 20 + 32

/** The n-th segment of a flow, 1000 bytes each. */
const nth = (place: number, fields: Partial<SuperFrame> = {}): Uint8Array =>
  buildSegment({ flags: ack, identification: place, sequence: 1000 * place, ...fields })

/** Payload bytes of every frame that is read. */
const read = (frames: readonly Uint8Array[], merges = true): number[] =>
  readByDevice(frames, merges).map((frame) => frame.length - virtioHeaderBytes - headerBytes)

/** Changes bytes of a frame, and makes all its checksums hold again. */
function changed(frame: Uint8Array, change: (bytes: Uint8Array) => void): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(frame.length / 4) * 4)
  bytes.set(frame)
  change(bytes)
  const words = new Int32Array(bytes.buffer)
  const transport = tcpAt + tcpHeaderLength(bytes, tcpAt)
  const payload = frame.length - transport
  const [source, destination] = [ipv4Source(bytes, ipAt), ipv4Destination(bytes, ipAt)]
  writePacketLength(bytes, ipAt, frame.length - ipAt)
  writeUint16(bytes, tcpAt + TcpOffset.checksum, 0)
  const sum = sumBytes(bytes, words, transport, payload)
  writeTcpChecksum(bytes, words, tcpAt, transport - tcpAt, source, destination, payload, sum)
  return bytes.slice(0, frame.length)
}

/** Adds 1 to the byte at `place`. */
const raised =
  (place: number) =>
  (bytes: Uint8Array): void => {
    bytes[place] = (bytes[place] as number) + 1
  }

test('what a device cut is merged to the same bytes, virtio-net header and all', () => {
  fc.assert(
    fc.property(superFrames, (drawn) => {
      const frame = buildSuperFrame(drawn)
      const read = readByDevice(cutByDevice(frame))
      expect(read.length).toBe(1)
      expect(Buffer.compare(read[0] as Uint8Array, frame)).toBe(0)
    }),
    { seed: 2, numRuns: 100 },
  )
})

test('consecutive segments are one frame, a smaller one ends it', () => {
  expect(read([nth(0), nth(1), nth(2)])).toEqual([3000])
  expect(read([nth(0), nth(1, { payloadBytes: 10 }), nth(2, { sequence: 1010 })])).toEqual([1010, 1000])
})

test('nothing is merged where that is off', () => {
  expect(read([nth(0), nth(1), nth(2)], false)).toEqual([1000, 1000, 1000])
})

test('a larger segment does not join', () => {
  const larger = nth(1, { payloadBytes: 1001 })
  expect(read([nth(0), larger, nth(2, { sequence: 2001 })])).toEqual([1000, 2001])
})

test('PSH and FIN end a frame, and are its flags', () => {
  for (const flag of [psh, fin]) {
    expect(read([nth(0), nth(1, { flags: ack | flag }), nth(2), nth(3)])).toEqual([2000, 2000])
    const [first = new Uint8Array()] = readByDevice([nth(0), nth(1, { flags: ack | flag })])
    expect(first[virtioHeaderBytes + tcpAt + TcpOffset.flags]).toBe(ack | flag)
  }
})

test('an IP packet of more than 65535 bytes is not made', () => {
  const segments = Array.from({ length: 70 }, (_, place) => nth(place))
  expect(read(segments)).toEqual([65_000, 5_000])
})

describe('a segment does not join if', () => {
  test.each<[string, Partial<SuperFrame>]>([
    ['it does not begin where the frame ends', { sequence: 1001 }],
    ['it was sent before', { sequence: 0 }],
    ['it acknowledges more', { acknowledgment: 78 }],
    ['it opens the window', { window: 501 }],
    ['its timestamp is another', { timestampValue: 12346 }],
    ['it has no timestamp', { options: 0 }],
    ['it has SACK blocks', { sackBlocks: [5, 6] }],
    ['it echoes a mark', { flags: ack | ece }],
    ['it says that the window was reduced', { flags: ack | cwr }],
    ['it resets', { flags: ack | rst }],
    ['it opens', { flags: ack | syn }],
    ['it is urgent', { flags: ack | urg }],
    ['its identification is two ahead', { identification: 2 }],
  ])('%s', (_, fields) => {
    expect(readByDevice([nth(0), nth(1, fields)])).toHaveLength(2)
  })

  test.each([
    ['it comes from another interface', 11],
    ['an ECN mark differs', ipAt + Ipv4Offset.typeOfService],
    ['its time to live differs', ipAt + Ipv4Offset.timeToLive],
    ['it comes from another address', ipAt + Ipv4Offset.source + 3],
    ['it goes to another address', ipAt + Ipv4Offset.destination + 3],
    ['it comes from another port', tcpAt + TcpOffset.sourcePort + 1],
    ['it goes to another port', tcpAt + TcpOffset.destinationPort + 1],
  ])('%s', (_, place) => {
    expect(readByDevice([nth(0), changed(nth(1), raised(place))])).toHaveLength(2)
    expect(readByDevice([nth(0), changed(nth(1), () => {})])).toHaveLength(1)
  })

  test.each([
    ['of its IP header', ipAt + Ipv4Offset.timeToLive],
    ['of its segment', headerBytes + 500],
  ])('a checksum does not hold: %s', (_, place) => {
    const damaged = nth(1)
    raised(place)(damaged)
    expect(readByDevice([nth(0), damaged])).toHaveLength(2)
    expect(readByDevice([damaged, nth(2)])).toHaveLength(2)
  })
})

test('a bare acknowledgment is neither held nor joins', () => {
  const bare = nth(1, { payloadBytes: 0 })
  expect(read([nth(0), bare, nth(1)])).toEqual([1000, 0, 1000])
})

test('the identification counts up in all segments of a frame, or in none of an atomic one', () => {
  const same = (place: number) => nth(place, { identification: 7 })
  expect(read([same(0), same(1), same(2)])).toEqual([3000])
  expect(read([same(0), same(1), nth(2, { identification: 9 })])).toEqual([2000, 1000])
  expect(read([nth(0), nth(1), nth(2, { identification: 0 })])).toEqual([2000, 1000])
  const fragmentable = (frame: Uint8Array) => changed(frame, (bytes) => bytes.fill(0, ipAt + 6, ipAt + 8))
  expect(readByDevice([fragmentable(same(0)), fragmentable(same(1))])).toHaveLength(2)
  expect(readByDevice([fragmentable(nth(0)), fragmentable(nth(1))])).toHaveLength(1)
})

test('a device vouches for what it verified, and for nothing else', () => {
  const flagsOf = (frame: Uint8Array): number => readByDevice([frame])[0]?.[0] as number
  expect(flagsOf(nth(0))).toBe(VirtioFlag.dataValid)
  const damaged = nth(0)
  raised(headerBytes)(damaged)
  expect(flagsOf(damaged)).toBe(0)
  const bench = new Bench()
  const frame = (length: number) => bench.bytes.slice(bench.frameAt, bench.frameAt + length)
  expect(flagsOf(frame(bench.udp(100)))).toBe(VirtioFlag.dataValid)
  expect(flagsOf(frame(bench.echo(100)))).toBe(0)
  expect(flagsOf(frame(bench.arp()))).toBe(0)
  const [merged = new Uint8Array()] = readByDevice([nth(0), nth(1)])
  expect(merged[0]).toBe(VirtioFlag.needsChecksum)
  expect(virtioSegmentBytes(merged, 0)).toBe(1000)
})

test('a checksum that the device is to complete holds then', () => {
  const frame = buildSuperFrame({ ...plainSuperFrame, payloadBytes: 900 })
  frame[1] = 0
  frame.fill(0, 4, 6)
  const [sent = new Uint8Array()] = cutByDevice(frame, false)
  expect(readByDevice([sent])[0]?.[0]).toBe(VirtioFlag.dataValid)
})
