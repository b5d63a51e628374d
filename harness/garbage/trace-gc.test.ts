import { expect, test } from 'vitest'
import { collectionsOf } from './trace-gc.ts'

const lines = [
  '[7:0x1881f000]      203 ms: Scavenge 9.4 (11.5) -> 9.1 (11.7) MB, pooled: 0.0 MB, 3.22 / 0.00 ms',
  '[7:0x7fe528001000]      180 ms: Scavenge 9.0 (10.2) -> 8.5 (10.7) MB, pooled: 0.0 MB, 1.23 / 0.00 ms',
  '[7:0x7fe528001000]     4180 ms: Scavenge 9.0 (10.2) -> 8.5 (10.7) MB, pooled: 0.0 MB, 1.23 / 0.00 ms',
  'something else',
  '[7:0x1881f000]     7495 ms: Scavenge 17.4 (21.4) -> 14.3 (16.9) MB, pooled: 4.5 MB, 8.17 / 0.00 ms',
]

test('collections of the stack’s threads are told from the application’s, and from those while loading', () => {
  expect(collectionsOf(lines, 2000)).toEqual({ earlier: 1, later: 1 })
})

test('no lines, no collections', () => {
  expect(collectionsOf([], 2000)).toEqual({ earlier: 0, later: 0 })
})
