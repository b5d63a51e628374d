import { expect, test } from 'vitest'
import { stackSpecSchema } from '../agent/transfer-spec.ts'
import type { Factors } from '../matrix/factors.ts'
import { stackSpecOf, tapQueuesOf } from './stack-spec.ts'

const address = '10.77.0.1/24'

test.each<[Factors, object]>([
  [{ strategy: 'sequential', payloadWork: 'cipher', topology: 'tap' }, { kind: 'sequential' }],
  [
    {
      strategy: 'replicated',
      replicas: 3,
      payloadWork: 'cipher',
      topology: 'tap',
      emission: 'ordered',
      chunk: 4,
    },
    { kind: 'replicated', replicas: 3, emission: 'ordered', chunk: 4 },
  ],
  [
    { strategy: 'locked', replicas: 2, payloadWork: 'cipher', topology: 'tap', lock: 'ticket' },
    { kind: 'locked', workers: 2, lock: 'ticket' },
  ],
])('%j becomes the stack\u2019s option', (factors, strategy) => {
  const spec = stackSpecOf(factors, address)
  expect(spec).toEqual({ strategy, payloadWork: 'cipher', address })
  expect(stackSpecSchema.parse(spec)).toEqual(spec)
})

test('factors of every strategy are passed on', () => {
  const factors: Factors = {
    strategy: 'replicated',
    replicas: 2,
    payloadWork: 'checksum',
    topology: 'tap',
    verification: 'before',
    idle: 'park',
    slotCount: 64,
    digests: 'off',
  }
  const spec = stackSpecOf(factors, address)
  expect(spec).toMatchObject({ verification: 'before', idle: 'park', slotCount: 64, digestStride: 0 })
  expect(stackSpecSchema.parse(spec)).toEqual(spec)
})

test('a TAP has a queue for each replica that reads its own, and one otherwise', () => {
  const factors: Factors = { strategy: 'replicated', replicas: 3, payloadWork: 'copy', topology: 'tap' }
  expect(tapQueuesOf({ ...factors, reader: 'per-queue' })).toBe(3)
  expect(tapQueuesOf({ ...factors, reader: 'rotating' })).toBe(1)
  expect(tapQueuesOf(factors)).toBe(1)
})

test('payload work that no stack does is refused', () => {
  const factors: Factors = { strategy: 'sequential', payloadWork: 'digest', topology: 'tap' }
  expect(() => stackSpecOf(factors, address)).toThrow(/not implemented/)
})
