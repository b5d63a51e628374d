import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CtpKind } from './ctp.ts'
import { decodeFrame, transportChecksumHolds } from './frame.ts'
import { Format, HeaderWord, OptionBit, TcpFlag, Verdict } from './header.ts'
import { Bench, damage, damages, message, segment } from './testing/frame-fixtures.ts'

const seed = 20260101
const frameLimit = 1514

const synRecord = segment({
  flags: TcpFlag.syn,
  options: OptionBit.maximumSegment | OptionBit.windowScale | OptionBit.sackPermitted | OptionBit.timestamps,
  maximumSegment: 1460,
  windowScale: 9,
})
const ackRecord = segment({ flags: TcpFlag.ack, options: OptionBit.timestamps }, [1, 2, 3, 4, 5, 6])

const numbered = message({ ctpKind: CtpKind.data, microprotocols: 15, number: -7 })
const bare = message({ ctpKind: CtpKind.data })
const acknowledgment = message({ ctpKind: CtpKind.acknowledgment, microprotocols: 5, next: 3 }, [5])

const writers: readonly ((bench: Bench, payloadLength: number) => number)[] = [
  (bench) => bench.arp(),
  (bench, length) => bench.echo(length),
  (bench) => bench.icmpError(),
  (bench, length) => bench.udp(length),
  (bench, length) => bench.ctp(numbered, length),
  (bench, length) => bench.ctp(bare, length),
  (bench) => bench.ctp(acknowledgment, 0),
  (bench, length) => bench.tcp(synRecord, length),
  (bench, length) => bench.tcp(ackRecord, length),
]

/** A valid frame, and what becomes of it: bytes changed, cut or lengthened. */
const damagedFrames = fc.record({
  writer: fc.nat(writers.length - 1),
  payloadLength: fc.nat(99),
  changes: damages,
  // Mostly in the headers, where it matters.
  isInHeaders: fc.integer({ min: 0, max: 2 }).map((draw) => draw > 0),
  cutTo: fc.option(fc.nat(0xffff), { freq: 3 }),
  lengthenedBy: fc.nat(400),
})
type DamagedFrame = typeof damagedFrames extends fc.Arbitrary<infer Value> ? Value : never

/** Writes it; returns its length. */
function writeDamaged(bench: Bench, frame: DamagedFrame): number {
  const write = writers[frame.writer] as (bench: Bench, payloadLength: number) => number
  const length = write(bench, frame.payloadLength)
  damage(bench.bytes, bench.frameAt, frame.isInHeaders ? Math.min(length, 80) : length, frame.changes)
  if (frame.cutTo !== null) return frame.cutTo % (length + 1)
  return Math.min(frameLimit, length + Math.max(0, frame.lengthenedBy - 350))
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

function expectValidHead(bench: Bench, length: number): void {
  const format = bench.head(HeaderWord.format)
  expect(format).not.toBe(Format.none)
  if (format === Format.arp) return
  const offset = bench.head(HeaderWord.payloadOffset)
  const payloadLength = bench.head(HeaderWord.payloadLength)
  expect(offset).toBeGreaterThanOrEqual(42)
  expect(payloadLength).toBeGreaterThanOrEqual(0)
  expect(offset + payloadLength).toBeLessThanOrEqual(length)
  if (format === Format.ctp) expect(bench.head(HeaderWord.microprotocols)).toBeLessThanOrEqual(15)
  if (format === Format.tcp) expect(bench.head(HeaderWord.sackCount)).toBeLessThanOrEqual(4)
}

describe(`damaged frames (seed ${seed})`, () => {
  test.each([512, 513, 514, 515])(
    'nothing throws or is read outside the frame, and what is accepted is valid, at offset %i',
    (frameAt) => {
      const bench = new Bench(frameAt)
      const verdicts = new Map<number, number>()
      fc.assert(
        fc.property(damagedFrames, fc.boolean(), (frame, trust) => {
          const length = writeDamaged(bench, frame)
          const { bytes, words } = guarded(bench, length)
          transportChecksumHolds(bytes, frameAt, length, words)
          const verdict = decodeFrame(bytes, frameAt, length, words, 0, trust)
          if (verdict === Verdict.accepted) expectValidHead(bench, length)
          verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1)
        }),
        { seed: seed + frameAt, numRuns: 4000 },
      )
      // The damage is such that every branch of the gate is taken often.
      for (const verdict of Object.values(Verdict)) expect(verdicts.get(verdict)).toBeGreaterThan(100)
    },
  )

  test('verifying apart and then trusting gives the same verdict as decoding with verification', () => {
    const bench = new Bench()
    const { bytes, words, frameAt } = bench
    fc.assert(
      fc.property(damagedFrames, (frame) => {
        const length = writeDamaged(bench, frame)
        const atOnce = decodeFrame(bytes, frameAt, length, words, 0, false)
        const holds = transportChecksumHolds(bytes, frameAt, length, words)
        const trusting = decodeFrame(bytes, frameAt, length, words, 0, true)
        // A segment that is wrong in two ways may be refused for either.
        expect(holds && trusting > 0).toBe(atOnce > 0)
      }),
      { seed, numRuns: 20_000 },
    )
  })

  test('noise is never accepted', () => {
    const bench = new Bench()
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120, size: 'max' }), (noise) => {
        bench.bytes.set(noise, bench.frameAt)
        expect(decodeFrame(bench.bytes, bench.frameAt, noise.length, bench.words, 0, false)).toBeLessThan(0)
      }),
      { seed, numRuns: 5_000 },
    )
  })
})
