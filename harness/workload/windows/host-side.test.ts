import { expect, test } from 'vitest'
import { faultsOf } from '../../result/validity.ts'
import { hostSide } from './host-side.ts'

const extent = { settling: 0, measured: 1000 }
const told = {
  requests: 200,
  micros: 1e5,
  distance: 0,
  pointsCompared: 2000,
  pointsExpected: 2000,
  receivedBytes: 1000,
  verifiedBytes: 1000,
  retransmits: 3,
  framesLost: 2,
  digestsCompared: 12,
  divergences: 0,
}

test('every round has a log of its own, the same at any number of replicas', () => {
  const seedOf = (replicas: number, round: number) => hostSide.task({ replicas }, extent, round).task
  expect(seedOf(1, 0)).toEqual({ replicas: 1, seed: 1, transferBytes: 1000 })
  expect(seedOf(8, 6)).toEqual({ replicas: 8, seed: 7, transferBytes: 1000 })
})

test('a distance is measured, whatever it is', () => {
  const { measures, ...sample } = hostSide.conclude(extent, { ...told, distance: 12 })
  expect(measures).toEqual({ requestsPerSecond: 2000, traceDistance: 12, pointsCompared: 2000 })
  expect(faultsOf(sample)).toEqual([])
})

test('a point that was not compared voids the sample, and so does a byte', () => {
  const faults = (changes: object) => faultsOf(hostSide.conclude(extent, { ...told, ...changes }))
  expect(faults({ pointsCompared: 1995 })).toEqual(['2000 points were sent, 1995 received'])
  expect(faults({ verifiedBytes: 999 })).toEqual(['1000 bytes were received, 999 verified'])
})

test('windows that nothing made fall are no comparison', () => {
  expect(() => hostSide.conclude(extent, { ...told, framesLost: 0 })).toThrow(/nothing made the windows fall/)
  expect(() => hostSide.conclude(extent, { ...told, pointsExpected: 0 })).toThrow()
})
