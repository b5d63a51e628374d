import { crc32 as crc32OfNode } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Random } from '../../../device/random.ts'
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

/** Bytes of a few kinds, so that there are matches of all lengths and distances. */
function mixedBytes(length: number, random: Random): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; ) {
    const run = Math.min(1 + random.below(300), length - at)
    const kind = random.below(3)
    for (let k = 0; k < run; k++, at++) {
      const earlier = bytes[Math.max(0, at - 1 - random.below(3))] ?? 0
      bytes[at] = kind === 0 ? random.below(256) : kind === 1 ? 7 : earlier
    }
  }
  return bytes
}

describe('the compressor', () => {
  it.each(Array.from({ length: 200 }, (_, seed) => seed))(
    'gives back what it was given (seed %i)',
    (seed) => {
      const random = new Random(seed)
      const bytes = mixedBytes(random.below(4000), random)
      expect(expanded(compressed(bytes))).toEqual(bytes)
    },
  )

  it('makes text smaller, and random bytes hardly larger', () => {
    const text = new TextEncoder().encode('{"name":"replica","state":"equal"},'.repeat(20))
    expect(compressed(text).length).toBeLessThan(text.length / 5)
    const random = new Random(1)
    const noise = Uint8Array.from({ length: 1024 }, () => random.below(256))
    expect(compressed(noise).length).toBeLessThanOrEqual(compressedLimit(noise.length))
  })

  it('refuses what it did not make, and never writes past the end', () => {
    const random = new Random(3)
    const whole = compressed(mixedBytes(600, random))
    for (let length = 0; length < whole.length; length++) {
      const result = expanded(whole.subarray(0, length))
      expect(result === undefined || result.length < 600).toBe(true)
    }
    expect(expanded(whole, 599)).toBeUndefined()
    for (let k = 0; k < 2000; k++) {
      const noise = Uint8Array.from({ length: random.below(40) }, () => random.below(256))
      expect(expanded(noise, 100)?.length ?? 0).toBeLessThanOrEqual(100)
    }
  })
})

it('the checksum is the one of zlib', () => {
  const bytes = mixedBytes(777, new Random(9))
  expect(crc32(bytes, 13, 700) >>> 0).toBe(crc32OfNode(bytes.subarray(13, 700)))
})
