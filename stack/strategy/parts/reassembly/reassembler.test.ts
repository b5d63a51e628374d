import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { packetCount } from './packet-store.ts'
import { lifetimeMicros, packetsPerSource } from './reassembler.ts'
import { Bench, cut, packet, piece } from './testing/bench.ts'

describe('a packet in fragments', () => {
  test('is whole with the last of them to arrive, whatever their order and however often they come', () => {
    const length = fc.integer({ min: 1481, max: 65_515 })
    const pieceBytes = fc.integer({ min: 1, max: 185 }).map((units) => units * 8)
    const order = fc.infiniteStream(fc.nat())
    fc.assert(
      fc.property(length, pieceBytes, order, (bytes, most, draws) => {
        const frame = packet(bytes)
        const pieces = cut(frame, most)
        const shuffled = shuffle(pieces, draws)
        const bench = new Bench()
        for (const each of shuffled.slice(0, -1)) {
          expect(bench.take(each)).toBeUndefined()
          if ((draws.next().value as number) % 4 === 0) expect(bench.take(each)).toBeUndefined()
        }
        expect(bench.take(shuffled.at(-1) as Uint8Array)).toEqual(frame)
        expect(bench.count('datagramsReassembled')).toBe(1)
        expect(bench.count('reassemblyFailed')).toBe(0)
      }),
      { numRuns: 60 },
    )
  })

  test('keeps the options of its first header', () => {
    const frame = packet(3000)
    const [first, ...rest] = cut(frame) as [Uint8Array, ...Uint8Array[]]
    const bench = new Bench()
    expect(bench.takeAll([...rest, withOptions(first)])).toEqual([withOptions(frame)])
  })

  test('may have 65,535 bytes with its header, and not one more', () => {
    expect(new Bench().takeAll(cut(packet(65_515)))).toHaveLength(1)
    const [first, ...rest] = cut(packet(65_515)) as [Uint8Array, ...Uint8Array[]]
    const bench = new Bench()
    expect(bench.takeAll([withOptions(first), ...rest])).toEqual([])
    expect(bench.count('reassemblyFailed')).toBe(1)
  })

  test('is not mixed with one of another source or identification', () => {
    const frames = [packet(3000, 0x0a000002, 1), packet(3000, 0x0a000003, 1), packet(3000, 0x0a000002, 2)]
    const pieces = frames.map((frame) => cut(frame))
    const interleaved = [0, 1, 2].flatMap((k) => pieces.map((each) => each[k] as Uint8Array))
    expect(new Bench().takeAll(interleaved)).toEqual(frames)
  })
})

describe('fragments that overlap', () => {
  const frame = packet(4000)

  test.each([
    ['the end of one that is there', piece(frame, 1472, 2952, true)],
    ['all of one and more', piece(frame, 0, 1488, true)],
  ])('%s drop the whole packet (RFC 5722, as Linux does since 4.20)', (_name, overlapping) => {
    const bench = new Bench()
    const [first, second, last] = cut(frame) as [Uint8Array, Uint8Array, Uint8Array]
    expect(bench.takeAll([first, overlapping, second, last])).toEqual([])
    expect(bench.count('reassemblyFailed')).toBeGreaterThan(0)
  })

  test('one that is wholly there already is ignored, and the first bytes stay', () => {
    const bench = new Bench()
    const [first, ...rest] = cut(frame) as [Uint8Array, ...Uint8Array[]]
    const lie = piece(packet(4000, 0x0a000002, 8), 8, 16, true)
    new DataView(lie.buffer).setUint16(18, 7)
    expect(bench.takeAll([first, sealed(lie), ...rest])).toEqual([frame])
    expect(bench.count('fragmentsRefused')).toBe(0)
  })

  test.each([
    ['two ends', [piece(frame, 3992, 4000, false), piece(frame, 3000, 3008, false)]],
    ['bytes past the end', [piece(frame, 2000, 2008, false), piece(frame, 3000, 3008, true)]],
    ['an end before what is there', [piece(frame, 3000, 3008, true), piece(frame, 2000, 2008, false)]],
  ])('%s drop it, too', (_name, contradiction) => {
    const bench = new Bench()
    bench.takeAll(contradiction)
    expect(bench.count('reassemblyFailed')).toBe(1)
  })
})

describe('what strangers can make it hold', () => {
  test('a flood of first fragments from 10,000 sources between two of its own does not lose an honest packet', () => {
    const bench = new Bench()
    let flooding = 0
    const flood = (count: number) => {
      for (let k = 0; k < count; k++) {
        bench.now += 1
        flooding += 1
        bench.take(piece(packet(2000, 0x0b000000 + flooding, 1), 0, 1480, true))
      }
    }
    const honest = packet(65_515)
    const pieces = cut(honest)
    let whole: Uint8Array | undefined
    while (flooding < 10_000) {
      for (const each of pieces) {
        flood(packetCount - 2)
        bench.now += 1
        const taken = bench.take(each)
        if (taken !== undefined) {
          whole = taken
          bench.held.clear()
        }
      }
    }
    expect(whole).toEqual(honest)
    expect(bench.count('datagramsReassembled')).toBe(Math.ceil(10_000 / pieces.length / (packetCount - 2)))
  })

  test('one source holds a quarter of the store, and pushes out only itself', () => {
    const bench = new Bench()
    const honest = packet(3000, 0x0a000009)
    const [first, ...rest] = cut(honest) as [Uint8Array, ...Uint8Array[]]
    bench.take(first)
    for (let k = 0; k < 1000; k++) {
      bench.now += 1
      bench.take(piece(packet(3000, 0x0a000002, k), 0, 1480, true))
    }
    expect(bench.count('reassemblyFailed')).toBe(1000 - packetsPerSource)
    expect(bench.takeAll(rest)).toEqual([honest])
  })

  test('nothing is overwritten that a request holds, and room comes back when requests are done', () => {
    const bench = new Bench()
    const whole = Array.from({ length: packetCount }, (_, k) => packet(3000, 0x0a000002 + k, k))
    expect(bench.takeAll(whole.flatMap((frame) => cut(frame)))).toEqual(whole)
    const next = packet(5000, 0x0a000002, 99)
    expect(bench.takeAll(cut(next))).toEqual([])
    expect(bench.count('fragmentsRefused')).toBe(cut(next).length)
    bench.held.clear()
    expect(bench.takeAll(cut(next))).toEqual([next])
  })
})

describe('time', () => {
  const frame = packet(3000)
  const [first, ...rest] = cut(frame) as [Uint8Array, ...Uint8Array[]]

  test.each([0, 0x7fff_fff0, -10])('a packet has 30 s, wherever the clock stands: %i', (start) => {
    const bench = new Bench()
    bench.now = start
    bench.take(first)
    bench.now += lifetimeMicros
    expect(bench.takeAll(rest)).toEqual([frame])

    bench.now += 1000
    bench.take(first)
    bench.now += lifetimeMicros + 1
    expect(bench.takeAll(rest)).toEqual([])
    expect(bench.count('reassemblyFailed')).toBe(1)
  })

  test.each([40, 60, 70, 600])('after a silence of %i minutes nothing is left of it', (minutes) => {
    const bench = new Bench()
    bench.take(first)
    // A thread that has nothing to do sleeps for a tenth of a second, then looks for frames.
    for (let k = 0; k < minutes * 60; k++) {
      bench.now += 1e6
      bench.reassembler.sweep(bench.now | 0)
    }
    expect(bench.count('reassemblyFailed')).toBe(1)
    expect(bench.takeAll(rest)).toEqual([])
  })

  test('a stamp that is a little earlier than the one before is no silence of an hour', () => {
    const bench = new Bench()
    bench.now = 1000
    bench.take(first)
    bench.now = 900
    expect(bench.takeAll(rest)).toEqual([frame])
  })
})

describe('what is refused at once', () => {
  const frame = packet(3000)
  const first = cut(frame)[0] as Uint8Array

  test.each<[string, (bytes: Uint8Array) => void]>([
    ['another destination', (bytes) => bytes.set([10, 0, 0, 255], 30)],
    ['another hardware address', (bytes) => bytes.set([2, 0, 0, 0, 0, 9], 0)],
    ['the broadcast hardware address', (bytes) => bytes.fill(0xff, 0, 6)],
    ['a multicast source', (bytes) => bytes.set([224, 0, 0, 1], 26)],
    ['no source', (bytes) => bytes.fill(0, 26, 30)],
    ['our own source', (bytes) => bytes.set([10, 0, 0, 1], 26)],
  ])('%s', (_name, change) => {
    const bytes = first.slice()
    change(bytes)
    const bench = new Bench()
    bench.take(sealed(bytes))
    expect(bench.count('fragmentsRefused')).toBe(1)
  })
})

function shuffle<Item>(items: readonly Item[], draws: Iterator<number>): Item[] {
  const all = [...items]
  for (let k = all.length - 1; k > 0; k--) {
    const other = (draws.next().value as number) % (k + 1)
    const item = all[k] as Item
    all[k] = all[other] as Item
    all[other] = item
  }
  return all
}

/** Two words of no-operation in the header. */
function withOptions(frame: Uint8Array): Uint8Array {
  const longer = new Uint8Array(frame.length + 8)
  longer.set(frame.subarray(0, 34))
  longer.fill(1, 34, 42)
  longer.set(frame.subarray(34), 42)
  longer[14] = 0x47
  const view = new DataView(longer.buffer)
  view.setUint16(16, view.getUint16(16) + 8)
  return sealed(longer)
}

function sealed(frame: Uint8Array): Uint8Array {
  const view = new DataView(frame.buffer)
  const headerBytes = ((frame[14] as number) & 15) * 4
  view.setUint16(24, 0)
  let sum = 0
  for (let k = 14; k < 14 + headerBytes; k += 2) sum += view.getUint16(k)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  view.setUint16(24, ~sum & 0xffff)
  return frame
}
