import fc from 'fast-check'
import { expect, test } from 'vitest'
import { copyBytes, viewMemory } from './memory-copy.ts'

const sizeBytes = 4096
const place = fc.integer({ min: 0, max: 63 })

/** Memory in which every byte differs from its neighbours. */
function filled(factor: number) {
  const views = viewMemory(new SharedArrayBuffer(sizeBytes))
  for (let k = 0; k < sizeBytes; k++) views.bytes[k] = k * factor + (k >> 8)
  return views
}

test('copies every byte and no other, however the places lie to each other', () => {
  fc.assert(
    fc.property(place, place, fc.integer({ min: 0, max: 2000 }), (to, from, length) => {
      const [target, source] = [filled(7), filled(31)]
      const expected = target.bytes.slice()
      expected.set(source.bytes.subarray(from, from + length), to)
      copyBytes(target, to, source, from, length)
      expect(target.bytes).toEqual(expected)
    }),
    { numRuns: 500 },
  )
})

test('reaches the last byte of both, and reads nothing beyond', () => {
  for (let length = 0; length < 40; length++) {
    for (let short = 0; short < 9; short++) {
      const [target, source] = [filled(7), filled(31)]
      const [to, from] = [sizeBytes - length - short, sizeBytes - length]
      copyBytes(target, to, source, from, length)
      expect(target.bytes.slice(to, to + length)).toEqual(source.bytes.slice(from))
    }
  }
})

test('memory need not be shared: a mapping is a plain buffer', () => {
  const target = viewMemory(new ArrayBuffer(64))
  copyBytes(target, 3, filled(31), 5, 40)
  expect(target.bytes.slice(3, 43)).toEqual(new Uint8Array(filled(31).bytes.slice(5, 45)))
})
