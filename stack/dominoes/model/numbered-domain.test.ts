import { expect, test } from 'vitest'
import { SlotWord } from '../contract/slot.ts'
import { openRegion } from '../memory/region.ts'
import { NumberedDomain } from './numbered-domain.ts'

function applied(...numbers: number[]): NumberedDomain {
  const region = openRegion(new SharedArrayBuffer(1024))
  const domain = new NumberedDomain(region, new Uint8Array(16))
  for (const number of numbers) {
    region.words[SlotWord.arguments] = number
    domain.apply(0)
    domain.actions.clear()
  }
  return domain
}

test('requests out of order, doubled or lost are not in order, and change the digest', () => {
  const right = applied(0, 1, 2, 3)
  expect(right.inOrder).toBe(4)
  for (const numbers of [
    [0, 2, 1, 3],
    [0, 1, 1, 3],
    [0, 2, 3, 4],
  ]) {
    const wrong = applied(...numbers)
    expect(wrong.inOrder).toBeLessThan(4)
    expect(wrong.digest()).not.toBe(right.digest())
  }
  expect(applied(0, 1, 2, 3).digest()).toBe(right.digest())
})
