import { describe, expect, test } from 'vitest'
import { type CoreCosts, exactly, freeCosts, type QuantityName } from './costs.ts'
import { type PredictionQuestion, predict } from './predict.ts'

const segmentBytes = 1448

/** Round numbers of a plausible machine; nothing scatters, nothing stalls. */
function costsWith(changed: Partial<Record<QuantityName, number>>): CoreCosts {
  const free = freeCosts()
  const plain: Partial<Record<QuantityName, number>> = {
    applyAckNanos: 400,
    applySegmentNanos: 200,
    applyCallNanos: 500,
    checkNanos: 200,
    segmentNanos: 400,
    writeNanos: 3000,
    writeBareNanos: 3000,
    readNanos: 1000,
    readEmptyNanos: 500,
    idleNanos: 100,
    wakeNanos: 20_000,
    notifyNanos: 5000,
    ...changed,
  }
  const quantities = { ...free.quantities }
  for (const [name, value] of Object.entries(plain)) quantities[name as QuantityName] = exactly(value)
  const cipher = { fixedNanos: exactly(100), byteNanos: exactly(7), contentionTimes: exactly(1) }
  return { ...free, quantities, payload: { ...free.payload, cipher } }
}

function ask(question: Partial<PredictionQuestion>) {
  return predict({
    costs: costsWith({}),
    strategy: { kind: 'sequential' },
    payloadWork: 'checksum',
    direction: 'send',
    cores: 4,
    seed: 1,
    draws: 1,
    warmupBytes: 2e6,
    measuredBytes: 6e6,
    ...question,
  })
}

const microsPerSegment = (goodputMbps: number) => (segmentBytes * 8) / goodputMbps

describe('a prediction', () => {
  test('of the sequential stack adds up what a segment and its share of an ACK cost', () => {
    // An ACK is read for every second segment, or for every third if a burst overflows the TAP's queue. A superseded
    // ACK is not checked and applied.
    const withAcks = (read: number, applied: number) =>
      (200 + 400 + 3000 + 1000 * read + (200 + 400) * applied) / 1000
    const micros = microsPerSegment(ask({ warmupBytes: 12e6, measuredBytes: 12e6 }).goodputMbps.median)
    expect(micros).toBeGreaterThan(withAcks(1 / 3, 0))
    expect(micros).toBeLessThan(withAcks(1 / 2, 1 / 2) * 1.08)
  })

  test('is the same for the same seed, and its range holds the median', () => {
    const costs = { ...costsWith({}), scatter: [0.6, 0.8, 1, 1.2, 1.4] }
    const question = { costs, strategy: { kind: 'replicated', replicas: 2 }, draws: 3 } as const
    const first = ask(question)
    expect(ask(question)).toEqual(first)
    expect(first.goodputMbps.low).toBeLessThanOrEqual(first.goodputMbps.median)
    expect(first.goodputMbps.high).toBeGreaterThanOrEqual(first.goodputMbps.median)
  })

  test('of one thread that shares its state with nobody is that of the sequential stack', () => {
    for (const kind of ['sharded', 'pipelined'] as const) {
      const { speedup } = ask({ strategy: { kind, workers: 1 } })
      expect(speedup.median, kind).toBeGreaterThan(0.85)
      expect(speedup.median, kind).toBeLessThan(1.1)
    }
  })

  test('of replicas follows the model where payload work dominates', () => {
    const state = (200 + 400 / 2) / 1000
    const once = (400 + 3000 + 100 + 7 * segmentBytes + (1000 + 200) / 2) / 1000
    const ratio = state / (state + once)
    for (const replicas of [2, 4]) {
      const { speedup } = ask({
        strategy: { kind: 'replicated', replicas },
        payloadWork: 'cipher',
        cores: replicas + 2,
      })
      const model = replicas / (1 + (replicas - 1) * ratio)
      expect(speedup.median / model).toBeGreaterThan(0.9)
      expect(speedup.median / model).toBeLessThan(1.1)
    }
  })

  test('knows that application and peer take processors from the replicas', () => {
    const costs = costsWith({ applicationByteNanos: 1, sinkByteNanos: 1 })
    const strategy = { kind: 'replicated', replicas: 2 } as const
    const alone = ask({ costs, strategy, payloadWork: 'cipher', cores: 4 })
    const shared = ask({ costs, strategy, payloadWork: 'cipher', cores: 2 })
    expect(shared.goodputMbps.median).toBeLessThan(0.95 * alone.goodputMbps.median)
  })

  test('gives threads that share a lock no more than what the lock lets through', () => {
    const costs = costsWith({ applySegmentNanos: 20_000 })
    const { speedup } = ask({ costs, strategy: { kind: 'locked', workers: 4 }, cores: 6 })
    expect(speedup.median).toBeLessThan(1.3)
  })

  test('of replicas gains nothing where nearly all work is state work', () => {
    const costs = costsWith({ applySegmentNanos: 40_000 })
    const { speedup } = ask({ costs, strategy: { kind: 'replicated', replicas: 4 }, cores: 6 })
    expect(speedup.median).toBeLessThan(1.2)
  })

  test('needs every cost', () => {
    const { readNanos, ...quantities } = costsWith({}).quantities
    expect(readNanos.value).toBe(1000)
    const costs = { ...costsWith({}), quantities } as CoreCosts
    expect(() => ask({ costs })).toThrow('the costs lack readNanos')
  })
})
