import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RepeatingPayload } from './payload.ts'

const blockBytes = 8192 + 3
const buffer = Buffer.alloc(blockBytes, '0123456789')

/** The stream of iperf3 whose writes in each block were incomplete at these lengths. */
function stream(blocks: readonly (readonly number[])[]): Buffer {
  const writes = blocks.flatMap((lengths) => {
    let left = blockBytes
    return [...lengths, blockBytes].map((length) => {
      const write = buffer.subarray(0, Math.min(length, left))
      left -= write.length
      return write
    })
  })
  return Buffer.concat(writes)
}

function verifiedOf(bytes: Uint8Array, pieceBytes = 1000): number {
  const payload = new RepeatingPayload(blockBytes)
  for (let at = 0; at < bytes.length; at += pieceBytes) payload.take(bytes.subarray(at, at + pieceBytes))
  expect(payload.received).toBe(bytes.length)
  return payload.verified
}

test('every stream of iperf3 is as it has to be, however it was written and however it arrives', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: blockBytes }), { maxLength: 3 })
  fc.assert(
    fc.property(
      fc.array(lengths, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 3 * blockBytes }),
      (blocks, pieceBytes) => {
        const bytes = stream(blocks)
        expect(verifiedOf(bytes, pieceBytes)).toBe(bytes.length)
      },
    ),
  )
})

describe('what is not as it has to be', () => {
  const bytes = stream([[], [5000], [], []])

  test('another byte', () => {
    const wrong = Buffer.from(bytes)
    wrong[12_345] = 0
    expect(verifiedOf(wrong)).toBe(12_345)
  })

  test('a segment that is missing, doubled, or in the place of another', () => {
    const [before, segment, next, after] = [
      bytes.subarray(0, 2000),
      bytes.subarray(2000, 3448),
      bytes.subarray(3448, 4896),
      bytes.subarray(4896),
    ]
    for (const pieces of [
      [before, next, after],
      [before, segment, segment, next, after],
      [before, next, segment, after],
    ]) {
      expect(verifiedOf(Buffer.concat(pieces))).toBeLessThan(bytes.length - 2000)
    }
  })

  test('nothing but first bytes', () => {
    expect(verifiedOf(Buffer.alloc(100, '0'))).toBeLessThan(20)
  })

  test('nothing but zeros', () => {
    expect(verifiedOf(Buffer.alloc(100))).toBe(0)
  })
})
