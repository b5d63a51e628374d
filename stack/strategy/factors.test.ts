import { describe, expect, test } from 'vitest'
import { type ChosenFactors, defaultFactors, resolveFactors, resolveVerification } from './factors.ts'

test('nothing chosen is the strategy as it is described', () => {
  expect(resolveFactors({ replicas: 2 })).toEqual(defaultFactors)
  expect(resolveVerification(undefined)).toBe('claimed')
})

test('what is chosen is kept', () => {
  const chosen = {
    claim: 'action',
    chunk: 8,
    ownership: 'rotation',
    emission: 'ordered',
    reader: 'dedicated',
    checkAhead: 0,
  } as const
  expect(resolveFactors({ replicas: 3, ...chosen })).toEqual(chosen)
})

/** As it comes from a file: words that no type has checked. */
const refused: readonly [object, RegExp][] = [
  [{ claim: 'segment' }, /claim must be one of action, request/],
  [{ ownership: 'last' }, /ownership must be one of first, rotation/],
  [{ emission: 'sorted' }, /emission must be one of relaxed, ordered/],
  [{ reader: 'none' }, /reader must be one of rotating, dedicated, per-queue/],
  [{ chunk: 0 }, /chunk must be a power of two/],
  [{ chunk: 3 }, /chunk must be a power of two/],
  [{ chunk: 2048 }, /chunk must be a power of two/],
  [{ claim: 'request', chunk: 2 }, /chunk must be 1/],
  [{ checkAhead: -1 }, /checkAhead must be a whole number from 0/],
  [{ checkAhead: 1025 }, /checkAhead must be a whole number from 0 to 1024/],
  [{ replicas: 0 }, /replicas must be/],
  [{ replicas: 65 }, /replicas must be/],
  [{ maximumReplicas: 3, emission: 'ordered' }, /come and go only with/],
  [{ maximumReplicas: 3, ownership: 'rotation' }, /come and go only with/],
  [{ maximumReplicas: 3, chunk: 2 }, /come and go only with/],
]

describe.each(refused)('%o', (chosen, message) => {
  test('is refused, and the message says what would do', () => {
    expect(() => resolveFactors({ replicas: 2, ...chosen } as ChosenFactors)).toThrow(message)
    expect(() => resolveFactors({ replicas: 2, ...chosen } as ChosenFactors)).toThrow(RangeError)
  })
})

test('a reader for each queue needs a queue for each replica', () => {
  const chosen = { replicas: 2, reader: 'per-queue' } as const
  expect(() => resolveFactors(chosen, {})).toThrow(/needs a queue for each of 2 replicas, not 1/)
  expect(() => resolveFactors(chosen, { queueDescriptors: [4] })).toThrow(RangeError)
  expect(resolveFactors(chosen, { queueDescriptors: [4, 5] }).reader).toBe('per-queue')
})

test('an unknown verification is refused', () => {
  expect(() => resolveVerification('never' as 'trusted')).toThrow(/claimed, before, trusted/)
})
