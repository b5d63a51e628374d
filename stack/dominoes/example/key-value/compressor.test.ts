import { crc32 as crc32OfNode } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Compressor, compressedLimit, expand } from './compressor.ts'
import { crc32 } from './crc32.ts'

const compressor = new Compressor(4000)

function compressed(bytes: Uint8Array): Uint8Array {
  const target = new Uint8Array(compressedLimit(bytes.length))
  return target.subarray(0, compressor.compress(bytes, 0, bytes.length, target, 0))
}

function expanded(bytes: Uint8Array, room = 5000): Uint8Array | undefined {
  const target = new Uint8Array(room)
  const length = expand(bytes, 0, bytes.length, target)
  return length < 0 ? undefined : target.subarray(0, length)
}

const noise = fc.uint8Array({ maxLength: 300, size: 'max' })
/** So many bytes again, as they stood so far back. */
const repetition = fc.record({
  length: fc.integer({ min: 1, max: 300 }),
  distance: fc.integer({ min: 1, max: 700 }),
})

/** New bytes and repetitions, so that there are matches of all lengths and distances. */
const mixedBytes = fc.array(fc.oneof(noise, repetition), { maxLength: 13, size: 'max' }).map((parts) => {
  const bytes: number[] = []
  for (const part of parts) {
    if (part instanceof Uint8Array) bytes.push(...part)
    else for (let k = 0; k < part.length; k++) bytes.push(bytes.at(-part.distance) ?? 7)
  }
  return Uint8Array.from(bytes)
})

describe('the compressor', () => {
  it('gives back what it was given', () => {
    const property = fc.property(mixedBytes, (bytes) => {
      expect(expanded(compressed(bytes))).toEqual(bytes)
    })
    fc.assert(property, { seed: 1, numRuns: 200 })
  })

  it('makes text smaller, and random bytes hardly larger', () => {
    const text = new TextEncoder().encode('{"name":"replica","state":"equal"},'.repeat(20))
    expect(compressed(text).length).toBeLessThan(text.length / 5)
    const property = fc.property(noise, (bytes) => {
      expect(compressed(bytes).length).toBeLessThanOrEqual(compressedLimit(bytes.length))
    })
    fc.assert(property, { seed: 1 })
  })

  it('refuses what it did not make, and never writes past the end', () => {
    const cut = fc.property(mixedBytes, fc.nat(0xffff), (bytes, place) => {
      fc.pre(bytes.length > 0)
      const whole = compressed(bytes)
      const result = expanded(whole.subarray(0, place % whole.length))
      expect(result === undefined || result.length < bytes.length).toBe(true)
      expect(expanded(whole, bytes.length - 1)).toBeUndefined()
    })
    fc.assert(cut, { seed: 3, numRuns: 500 })
    const noisy = fc.property(fc.uint8Array({ maxLength: 40, size: 'max' }), (bytes) => {
      expect(expanded(bytes, 100)?.length ?? 0).toBeLessThanOrEqual(100)
    })
    fc.assert(noisy, { seed: 3, numRuns: 2000 })
  })
})

it('the checksum is the one of zlib', () => {
  const property = fc.property(mixedBytes, fc.nat(20), (bytes, from) => {
    fc.pre(bytes.length > from)
    expect(crc32(bytes, from, bytes.length) >>> 0).toBe(crc32OfNode(bytes.subarray(from)))
  })
  fc.assert(property, { seed: 9 })
})
