import { describe, expect, test } from 'vitest'
import { decodeFrame, transportChecksumHolds } from './frame.ts'
import { Bench, seededIntegers, segment } from './testing/frame-fixtures.ts'
import { Format, HeaderWord, OptionBit, TcpFlag, Verdict } from './header.ts'

const seed = 20260101
const frameLimit = 1514

const synRecord = segment({
  flags: TcpFlag.syn,
  options: OptionBit.maximumSegment | OptionBit.windowScale | OptionBit.sackPermitted | OptionBit.timestamps,
  maximumSegment: 1460,
  windowScale: 9,
})
const ackRecord = segment({ flags: TcpFlag.ack, options: OptionBit.timestamps }, [1, 2, 3, 4, 5, 6])

const writers: readonly ((bench: Bench, payloadLength: number) => number)[] = [
  (bench) => bench.arp(),
  (bench, length) => bench.echo(length),
  (bench) => bench.icmpError(),
  (bench, length) => bench.udp(length),
  (bench, length) => bench.tcp(synRecord, length),
  (bench, length) => bench.tcp(ackRecord, length),
]

/** Writes a valid frame, then damages it: bytes changed, cut or lengthened. Returns its length. */
function writeDamaged(bench: Bench, integer: (limit: number) => number): number {
  const write = writers[integer(writers.length)] as (bench: Bench, payloadLength: number) => number
  let length = write(bench, integer(100))
  const changes = integer(4)
  for (let k = 0; k < changes; k++) {
    // Mostly in the headers, where it matters.
    const at = bench.frameAt + integer(integer(3) === 0 ? length : Math.min(length, 80))
    bench.bytes[at] = integer(3) === 0 ? (bench.bytes[at] as number) ^ (1 << integer(8)) : integer(256)
  }
  if (integer(4) === 0) length = integer(length + 1)
  else if (integer(8) === 0) length = Math.min(frameLimit, length + integer(50))
  return length
}

/** Views that fail the test on a read outside the frame (and, of words, outside the head). */
function guarded(bench: Bench, length: number): { bytes: Uint8Array; words: Int32Array } {
  const end = bench.frameAt + length
  const guard = <View extends object>(view: View, isAllowed: (index: number) => boolean): View =>
    new Proxy(view, {
      get(target, key) {
        const index = Number(key)
        if (!isAllowed(index)) throw new Error(`read of ${String(key)} outside the frame`)
        return Reflect.get(target, index)
      },
      set(target, key, value) {
        if (!(Number(key) < 64)) throw new Error(`write of ${String(key)} outside the head`)
        return Reflect.set(target, Number(key), value)
      },
    })
  return {
    bytes: guard(bench.bytes, (index) => index >= bench.frameAt && index < end),
    words: guard(bench.words, (index) => index < 64 || (index * 4 >= bench.frameAt && index * 4 + 4 <= end)),
  }
}

function expectValidHead(bench: Bench, length: number, label: string): void {
  const format = bench.head(HeaderWord.format)
  expect(format, label).not.toBe(Format.none)
  if (format === Format.arp) return
  const offset = bench.head(HeaderWord.payloadOffset)
  const payloadLength = bench.head(HeaderWord.payloadLength)
  expect(offset, label).toBeGreaterThanOrEqual(42)
  expect(payloadLength, label).toBeGreaterThanOrEqual(0)
  expect(offset + payloadLength, label).toBeLessThanOrEqual(length)
  if (format === Format.tcp) expect(bench.head(HeaderWord.sackCount), label).toBeLessThanOrEqual(4)
}

describe(`damaged frames (seed ${seed})`, () => {
  test.each([512, 513, 514, 515])(
    'nothing throws or is read outside the frame, and what is accepted is valid, at offset %i',
    (frameAt) => {
      const integer = seededIntegers(seed + frameAt)
      const bench = new Bench(frameAt)
      const verdicts = new Map<number, number>()
      for (let round = 0; round < 4000; round++) {
        const length = writeDamaged(bench, integer)
        const { bytes, words } = guarded(bench, length)
        const trust = integer(2) === 0
        transportChecksumHolds(bytes, frameAt, length, words)
        const verdict = decodeFrame(bytes, frameAt, length, words, 0, trust)
        if (verdict === Verdict.accepted) expectValidHead(bench, length, `round ${round}`)
        verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1)
      }
      // The damage is such that every branch of the gate is taken often.
      for (const verdict of Object.values(Verdict)) expect(verdicts.get(verdict)).toBeGreaterThan(100)
    },
  )

  test('verifying apart and then trusting gives the same verdict as decoding with verification', () => {
    const integer = seededIntegers(seed)
    const bench = new Bench()
    for (let round = 0; round < 20_000; round++) {
      const length = writeDamaged(bench, integer)
      const { bytes, words, frameAt } = bench
      const atOnce = decodeFrame(bytes, frameAt, length, words, 0, false)
      const holds = transportChecksumHolds(bytes, frameAt, length, words)
      const trusting = decodeFrame(bytes, frameAt, length, words, 0, true)
      // A segment that is wrong in two ways may be refused for either.
      expect(holds && trusting > 0).toBe(atOnce > 0)
    }
  })

  test('noise is never accepted', () => {
    const integer = seededIntegers(seed)
    const bench = new Bench()
    for (let round = 0; round < 20_000; round++) {
      const length = integer(120)
      for (let at = 0; at < length; at++) bench.bytes[bench.frameAt + at] = integer(256)
      expect(decodeFrame(bench.bytes, bench.frameAt, length, bench.words, 0, false)).toBeLessThan(0)
    }
  })
})
