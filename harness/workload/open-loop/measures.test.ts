import { expect, test } from 'vitest'
import { HistogramRecorder } from '../../measure/histogram.ts'
import { type OpenLoopFacts, openLoopMeasures } from './measures.ts'

function histogram(micros: readonly number[]) {
  const recorder = new HistogramRecorder()
  for (const value of micros) recorder.record(10 * value)
  return recorder.histogram
}

const hundred = Array.from({ length: 100 }, (_, index) => index + 1)

const facts: OpenLoopFacts = {
  transactions: 100,
  allTransactions: 100,
  measuredMicros: 1e6,
  latencies: histogram(hundred),
  cpuMicros: { stack: 1, peer: 1 },
  retransmits: 0,
  due: 100,
  refused: 0,
  lags: histogram([1, 2, 3]),
}

const tail = (changes: Partial<OpenLoopFacts>) =>
  openLoopMeasures.tailLatencyMicros?.({ ...facts, ...changes })

test('the tail is the 99th percentile of what was due', () => {
  expect(tail({})).toBeCloseTo(99, 0)
})

test('a refused request counts as one that is never answered', () => {
  const latencies = histogram([...hundred, ...hundred].slice(0, 199))
  // 198 of 200 are the share of 99 %: the 198th of the 199 that were answered.
  expect(tail({ latencies, due: 200, refused: 1 })).toBeCloseTo(99, 0)
  expect(tail({ latencies: histogram(hundred.slice(0, 99)), refused: 1 })).toBeCloseTo(99, 0)
})

test('with more than one in a hundred refused there is no such percentile', () => {
  expect(tail({ latencies: histogram(hundred.slice(0, 98)), refused: 2 })).toBeNull()
})

test('where nothing was due, nothing is known', () => {
  const none = { ...facts, due: 0, latencies: [], lags: [] }
  expect(openLoopMeasures.tailLatencyMicros?.(none)).toBeNull()
  expect(openLoopMeasures.refusedPercent?.(none)).toBeNull()
  expect(openLoopMeasures.generatorLagMicros?.(none)).toBeNull()
})

test('a generator that is later than the latencies’ tail explains has no latencies to tell', () => {
  const late = (micros: number) => ({ ...facts, lags: histogram(hundred.map(() => micros)) })
  const latencies = (micros: number) => openLoopMeasures.latencyMicros?.(late(micros))
  expect(latencies(990)).toEqual(facts.latencies)
  expect(latencies(1100)).toEqual([])
  expect(tail(late(1100))).toBeNull()
  const slow = { latencies: histogram(hundred.map((micros) => 1000 * micros)) }
  expect(tail({ ...late(40_000), ...slow })).toBeGreaterThan(90_000)
  expect(tail({ ...late(60_000), ...slow })).toBeNull()
})

test('at an overload the latencies of what was answered are told, if the generator was in time for them', () => {
  const overload = (lagMicros: number) => ({
    ...facts,
    due: 1000,
    refused: 900,
    latencies: histogram(hundred.map((micros) => 1000 * micros)),
    lags: histogram([lagMicros]),
  })
  expect(openLoopMeasures.tailLatencyMicros?.(overload(20_000))).toBeNull()
  expect(openLoopMeasures.latencyMicros?.(overload(20_000))).toEqual(overload(20_000).latencies)
  expect(openLoopMeasures.latencyMicros?.(overload(60_000))).toEqual([])
})
