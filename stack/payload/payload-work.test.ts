import { createCipheriv } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Random } from '../device/random.ts'
import { openRegion } from '../dominoes/memory/region.ts'
import { addSums, sumBytes } from '../wire/checksum.ts'
import { copyAndSum } from './copy.ts'
import { createPayloadWork, defaultCipherKey, noSum, payloadWorkKinds } from './payload-work.ts'

const region = openRegion(new SharedArrayBuffer(16384))
const { bytes, words } = region
const random = new Random(3)
for (let at = 0; at < 4096; at++) bytes[at] = random.below(256)
const guard = 0xa5

/** What node:crypto makes of the bytes from a stream position. */
function reference(plain: Uint8Array, position: bigint): Uint8Array {
  const counter = Buffer.alloc(16)
  counter.writeBigUInt64BE(position >> 4n, 8)
  const cipher = createCipheriv('aes-128-ctr', defaultCipherKey, counter)
  const phase = Number(position & 15n)
  return cipher.update(Buffer.concat([Buffer.alloc(phase), plain])).subarray(phase)
}

const low = (position: bigint): number => Number(BigInt.asIntN(32, position))
const high = (position: bigint): number => Number(BigInt.asIntN(32, position >> 32n))

test('a copy with checksum copies, sums and touches nothing else, at every alignment and length', () => {
  for (let apart = 0; apart < 64; apart++) {
    const from = 64 + (apart & 7)
    const to = 8192 + (apart >> 3)
    for (const length of [0, 1, 2, 3, 4, 5, 7, 8, 15, 31, 64, 77]) {
      bytes.fill(guard, 8000, 8500)
      const sum = copyAndSum(bytes, words, from, to, length)
      expect(sum).toBe(sumBytes(bytes, words, from, length))
      expect(bytes.slice(to, to + length)).toEqual(bytes.slice(from, from + length))
      expect(bytes.slice(8000, to).every((byte) => byte === guard)).toBe(true)
      expect(bytes.slice(to + length, 8500).every((byte) => byte === guard)).toBe(true)
    }
  }
})

test('a copy from the end of the region reads nothing past it', () => {
  const end = bytes.length
  bytes.set(bytes.subarray(0, 37), end - 37)
  for (let to = 8192; to < 8196; to++) {
    const sum = copyAndSum(bytes, words, end - 37, to, 37)
    expect(sum).toBe(sumBytes(bytes, words, 0, 37))
  }
})

describe.each(['checksum', 'cipher'] as const)('%s', (kind) => {
  const work = createPayloadWork(kind, region)

  test('the sum is that of the bytes in the frame, also in two parts at any split', () => {
    for (let split = 0; split <= 300; split += 7) {
      const first = work.copyOut(0, 8194, split, 1000, 0)
      const second = work.copyOut(split, 8194 + split, 300 - split, 1000 + split, 0)
      expect(addSums(first, second, split)).toBe(sumBytes(bytes, words, 8194, 300))
    }
  })
})

test.each(payloadWorkKinds)('%s: what goes out comes back in, whatever the splits', (kind) => {
  const work = createPayloadWork(kind, region)
  bytes.fill(guard, 4096, 16384)
  work.copyOut(0, 8193, 500, 77, 9)
  work.copyOut(500, 8693, 948, 577, 9)
  work.copyIn(8193, 12288, 1100, 77, 9, false)
  work.copyIn(9293, 13388, 348, 1177, 9, false)
  expect(bytes.slice(12288, 12288 + 1448)).toEqual(bytes.slice(0, 1448))
})

test.each(payloadWorkKinds)('%s says whether it sums', (kind) => {
  const work = createPayloadWork(kind, region)
  expect(work.copyOut(0, 8192, 100, 0, 0) !== noSum).toBe(work.sums)
})

describe('cipher', () => {
  const work = createPayloadWork('cipher', region)

  test('its key stream is that of aes-128-ctr at random positions, alignments and lengths', () => {
    const positions = fc.bigInt({ min: 0n, max: (1n << 53n) - 1n })
    fc.assert(
      fc.property(positions, fc.nat(63), fc.nat(15), fc.nat(199), (position, from, apart, length) => {
        const to = 8192 + apart
        work.copyOut(from, to, length, low(position), high(position))
        const expected = reference(bytes.slice(from, from + length), position)
        expect(Buffer.from(bytes.slice(to, to + length))).toEqual(Buffer.from(expected))
      }),
      { seed: 3, numRuns: 300 },
    )
  })

  test.each([
    ['4 GiB', 1n << 32n],
    ['64 GiB, where the low word of the block number wraps', 1n << 36n],
  ])('across %s', (_name, boundary) => {
    for (const before of [1n, 15n, 16n, 17n, 47n, 50n, 95n]) {
      const position = boundary - before
      work.copyOut(5, 8193, 100, low(position), high(position))
      const expected = reference(bytes.slice(5, 105), position)
      expect(Buffer.from(bytes.slice(8193, 8293))).toEqual(Buffer.from(expected))
    }
  })

  test('a byte is the same when sent again from elsewhere and in other parts', () => {
    work.copyOut(0, 8192, 1448, 5000, 0)
    const first = bytes.slice(8192 + 333, 8192 + 900)
    work.copyOut(333, 8193, 567, 5333, 0)
    expect(bytes.slice(8193, 8193 + 567)).toEqual(first)
  })

  test('a key of another length is refused', () => {
    expect(() => createPayloadWork('cipher', region, new Uint8Array(15))).toThrow(RangeError)
  })
})
