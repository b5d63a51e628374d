import { createCipheriv } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addKeystream, expandAesKey } from './aes.ts'

/** The key stream of one counter block. */
function encrypt(key: Uint8Array, block: Uint8Array): string {
  const view = new DataView(block.buffer, block.byteOffset)
  const nonce = [view.getInt32(0, true), view.getInt32(4, true)] as const
  const out = new Int32Array(4)
  addKeystream(expandAesKey(key), ...nonce, view.getInt32(8), view.getInt32(12), out, 0, 1)
  return Buffer.from(out.buffer).toString('hex')
}

test('the example of FIPS 197 appendix C.1', () => {
  const key = Uint8Array.from({ length: 16 }, (_, at) => at)
  const block = Uint8Array.from({ length: 16 }, (_, at) => at * 0x11)
  expect(encrypt(key, block)).toBe('69c4e0d86a7b0430d8cdb78070b4c55a')
})

test('random keys and blocks agree with node:crypto', () => {
  const sixteen = fc.uint8Array({ minLength: 16, maxLength: 16 })
  fc.assert(
    fc.property(sixteen, sixteen, (key, block) => {
      const expected = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(block)
      expect(encrypt(key, block)).toBe(expected.toString('hex'))
    }),
    { seed: 4, numRuns: 200 },
  )
})
