import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { transportChecksumHolds } from './frame.ts'
import { TcpFlag } from './header.ts'
import { ipv4HeaderHolds, ipv4TotalLength } from './ipv4.ts'
import {
  FragmentWord,
  fragmentWords,
  isFragment,
  readFragment,
  writeFragmentHeader,
  writeWholeHeader,
} from './ipv4-fragment.ts'
import { Bench, damage, damages, segment } from './testing/frame-fixtures.ts'

const ipAt = 14

/** The frame that `bench` holds, as the fragment at byte `offset`. */
function asFragment(bench: Bench, offset: number, isLast: boolean): void {
  writeFragmentHeader(bench.bytes, bench.frameAt + ipAt, 77, offset, isLast)
}

function read(bench: Bench, length: number): Int32Array | undefined {
  const fragment = new Int32Array(fragmentWords)
  const { bytes, frameAt } = bench
  return isFragment(bytes, frameAt, length) && readFragment(bytes, frameAt, length, fragment)
    ? fragment
    : undefined
}

test('a fragment is read with its place', () => {
  const bench = new Bench()
  const length = bench.udp(24)
  asFragment(bench, 800, false)
  const fragment = read(bench, length) as Int32Array
  expect(fragment[FragmentWord.offset]).toBe(800)
  expect(fragment[FragmentWord.length]).toBe(32)
  expect(fragment[FragmentWord.payloadAt]).toBe(34)
  expect(fragment[FragmentWord.isLast]).toBe(0)
  expect(fragment[FragmentWord.name]).toBe((17 << 16) | 77)
})

test('a whole packet is no fragment, whether it may be fragmented or not; nor is ARP', () => {
  const bench = new Bench()
  const length = bench.udp(24)
  expect(isFragment(bench.bytes, bench.frameAt, length)).toBe(false)
  writeWholeHeader(bench.bytes, bench.frameAt + ipAt, length - ipAt)
  expect(isFragment(bench.bytes, bench.frameAt, length)).toBe(false)
  expect(isFragment(bench.bytes, bench.frameAt, bench.arp())).toBe(false)
})

test('both headers that are written are sound, and the second undoes the first', () => {
  const bench = new Bench()
  const length = bench.udp(24)
  asFragment(bench, 16, true)
  expect(ipv4HeaderHolds(bench.bytes, bench.frameAt + ipAt)).toBe(true)
  writeWholeHeader(bench.bytes, bench.frameAt + ipAt, length - ipAt)
  expect(ipv4HeaderHolds(bench.bytes, bench.frameAt + ipAt)).toBe(true)
  expect(ipv4TotalLength(bench.bytes, bench.frameAt + ipAt)).toBe(length - ipAt)
  expect(transportChecksumHolds(bench.bytes, bench.frameAt, length, bench.words)).toBe(true)
})

describe('a fragment is refused', () => {
  test.each([
    ['whose length is no multiple of 8, unless it is the last', 23, 800, false],
    ['that would end beyond 65,535 bytes', 24, 65_512, true],
    ['whose end and header together are beyond them', 24, 65_488, true],
  ])('%s', (_name, payloadBytes, offset, isLast) => {
    const bench = new Bench()
    const length = bench.udp(payloadBytes)
    asFragment(bench, offset, isLast)
    expect(read(bench, length)).toBeUndefined()
  })

  test('that carries nothing', () => {
    const bench = new Bench()
    bench.packet(17, 0)
    asFragment(bench, 800, true)
    expect(read(bench, 60)).toBeUndefined()
  })

  test('whose header does not add up', () => {
    const bench = new Bench()
    const length = bench.udp(24)
    asFragment(bench, 800, true)
    bench.bytes[bench.frameAt + 22] = 63
    expect(read(bench, length)).toBeUndefined()
  })

  test('of a protocol that nobody takes', () => {
    const bench = new Bench()
    bench.packet(132, 32)
    asFragment(bench, 800, false)
    expect(read(bench, 66)).toBeUndefined()
  })

  test('that is the first, and does not hold the transport header (RFC 1858)', () => {
    const bench = new Bench()
    const record = segment({ flags: TcpFlag.ack, options: 8 })
    for (const [bytes, isRead] of [
      [16, false],
      [24, false],
      [32, true],
    ] as const) {
      bench.tcp(record, 32)
      writeWholeHeader(bench.bytes, bench.frameAt + ipAt, 20 + bytes)
      asFragment(bench, 0, false)
      expect(read(bench, 34 + bytes) !== undefined, `${bytes} bytes`).toBe(isRead)
    }
  })

  test('that is a later one, and lies in the transport header', () => {
    const bench = new Bench()
    for (const [offset, isRead] of [
      [8, false],
      [16, false],
      [24, true],
    ] as const) {
      const length = bench.tcp(segment({ flags: TcpFlag.ack }), 4)
      asFragment(bench, offset, false)
      expect(read(bench, length) !== undefined, `offset ${offset}`).toBe(isRead)
    }
  })
})

test('nothing is read outside a damaged frame, and what is accepted lies in it and in a packet', () => {
  const bench = new Bench()
  let accepted = 0
  const judge = (length: number): void => {
    const end = bench.frameAt + length
    const bytes = new Proxy(bench.bytes, {
      get(target, key) {
        const index = Number(key)
        if (!(index >= bench.frameAt && index < end)) throw new Error(`read of ${String(key)}`)
        return target[index]
      },
    })
    const fragment = new Int32Array(fragmentWords)
    if (!isFragment(bytes, bench.frameAt, length)) return
    if (!readFragment(bytes, bench.frameAt, length, fragment)) return
    accepted += 1
    const [, , , headerBytes, payloadAt, offset, bytesThere] = fragment as unknown as number[]
    expect((payloadAt as number) + (bytesThere as number)).toBeLessThanOrEqual(length)
    expect(bytesThere).toBeGreaterThan(0)
    expect((headerBytes as number) + (offset as number) + (bytesThere as number)).toBeLessThanOrEqual(65_535)
  }
  const place = fc.record({ eighths: fc.nat(8191), isLast: fc.boolean() })
  const frames = fc.record({
    isUdp: fc.boolean(),
    payloadLength: fc.nat(99),
    place,
    changes: damages,
    // Over damage that a checksum does not show.
    sealedAs: fc.option(place, { freq: 1 }),
    cutTo: fc.option(fc.nat(0xffff), { freq: 1 }),
  })
  fc.assert(
    fc.property(frames, ({ isUdp, payloadLength, place, changes, sealedAs, cutTo }) => {
      const length = isUdp ? bench.udp(payloadLength) : bench.tcp(segment({ flags: 16 }), payloadLength)
      asFragment(bench, place.eighths * 8, place.isLast)
      damage(bench.bytes, bench.frameAt, 60, changes)
      if (sealedAs !== null) asFragment(bench, sealedAs.eighths * 8, sealedAs.isLast)
      judge(cutTo === null ? length : cutTo % (length + 1))
    }),
    { seed: 20260202, numRuns: 20_000 },
  )
  expect(accepted).toBeGreaterThan(1000)
})
