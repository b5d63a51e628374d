import { expect, test } from 'vitest'
import { faultsOf } from '../../result/validity.ts'
import { hostSide } from './host-side.ts'

const extent = { settling: 200, measured: 800 }
const told = {
  micros: 400,
  seenInOrder: 2000,
  claimedOnce: 1000,
  won: [750, 250],
  publishNanos: 20,
  dequeueNanos: 60,
  claimNanos: null,
  digestsCompared: 8,
  divergences: 0,
}

test('costs are those of a request, and the larger share is that of the reader that won more', () => {
  const { deliveries, divergences, measures } = hostSide.conclude(extent, told)
  expect(faultsOf({ deliveries, divergences })).toEqual([])
  expect(measures).toEqual({
    requestNanos: 500,
    publishNanos: 20,
    dequeueNanos: 60,
    claimNanos: null,
    largestSharePercent: 75,
  })
})

test('a request that a reader did not see in order, or a claim that was won twice, voids the sample', () => {
  const faults = (changes: object) => faultsOf(hostSide.conclude(extent, { ...told, ...changes }))
  expect(faults({ seenInOrder: 1999 })).toEqual(['2000 requests were sent, 1999 received'])
  expect(faults({ claimedOnce: 999, won: [751, 250] })).toEqual([
    '1000 claims were sent, 1001 received',
    '1001 claims were received, 999 verified',
  ])
})
