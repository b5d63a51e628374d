import { expect, test } from 'vitest'
import { upToCores } from './define.ts'

test('one and two replicas are run on any machine', () => {
  expect(upToCores(1)).toEqual([1, 2])
  expect(upToCores(2)).toEqual([1, 2])
})

test('replicas are run up to the number of cores, but no more than eight', () => {
  expect(upToCores(4)).toEqual([1, 2, 3, 4])
  expect(upToCores(64)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
})
