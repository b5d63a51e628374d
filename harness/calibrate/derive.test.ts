import { describe, expect, test } from 'vitest'
import { costsFileSchema, costsVersion } from './costs-file.ts'
import { deriveCosts } from './derive.ts'
import { predictAll } from './predict.ts'
import { outlooksOf, type PredictionQuestion } from './questions.ts'
import { type ContextSample, contexts, probeNames, type Repetition } from './samples.ts'
import { formatCosts } from './table.ts'

const segments = 10_000
const bytes = segments * 1448
const timerNanos = 50

/**
 * A transfer of which every part is known: 5000 ACKs, each with its check and read, and 10,000 segments. The stack's
 * thread takes `plainNanos` a segment without meters and `meteredNanos` with them; readings of the clock are added.
 */
function context(
  performNanos: number,
  plainNanos: number,
  meteredNanos: number,
  idleNanos: number,
): ContextSample {
  const count = {
    check: 5000,
    applyAck: 5000,
    applyCall: 50,
    resume: 100,
    performSegment: segments,
    write: segments,
    read: 5000,
    readEmpty: 100,
  }
  const meanNanos = {
    check: 200,
    applyAck: 500,
    applyCall: 1000,
    resume: 10_000,
    segmentsAck: 0,
    segmentsCall: 0,
    segmentsResume: 100,
    performSegment: performNanos,
    write: 3000,
    read: 1000,
    readEmpty: 600,
  }
  const operations = Object.values(count).reduce((sum, each) => sum + each, 0)
  const peer = { ranMicros: 1000, waitedMicros: 0 }
  const rounds = { round: 4000, idleRound: 1000 }
  const transfer = (ranMicros: number, operationCount: Record<string, number>) => ({
    bytes,
    micros: 50_000,
    application: { ranMicros: bytes / 2000, waitedMicros: 0 },
    peer,
    stack: [{ ranMicros, waitedMicros: 0 }],
    meters: [
      {
        count: { ...operationCount, ...rounds },
        meanNanos: { ...meanNanos, round: 9000, idleRound: idleNanos },
        stalls: 0,
        scatter: [0.5, 1, 1.5],
      },
    ],
    timerNanos,
  })
  // Readings of the clock around operations and rounds, then what the thread did besides rounds with work.
  const idle = (9000 * 4000 + idleNanos * 1000) / (9000 * 4000)
  const ran = (nanos: number, readings: number) =>
    ((segments * nanos + 2 * timerNanos * readings) * idle) / 1000
  const plain = transfer(ran(plainNanos, 4000), {})
  const counted = { ...count, segmentsResume: 100 }
  return { event: 'sample', plain, metered: transfer(ran(meteredNanos, operations + 4000), counted) }
}

function repetition(plainNanos = 6000, { idleNanos = 0, ranMillis = 99.94 } = {}): Repetition {
  const sizes = { bytes64: 74, bytes256: 266, bytes512: 522, bytes1024: 1034, bytes1448: 1458 }
  const threads = [
    { ...sizes, nanos: 1458, won: 30, lost: 10, publish: 20, publishShared: 40, dequeue: 15, waking: 5000 },
    {
      nanos: 1458,
      won: 30,
      lost: 10,
      dequeueShared: 30,
      woken: 20_000,
      line: 60,
      gap0: 20,
      gap1: 40,
      millis: 100,
      ranMillis,
    },
  ]
  const probes = Object.fromEntries(probeNames.map((probe) => [probe, { event: 'sample', probe, threads }]))
  const samples = contexts.map((name) => [
    name,
    name === 'cipher'
      ? context(18_558, 19_600, 19_600, idleNanos)
      : context(4958, plainNanos, 6000, idleNanos),
  ])
  return { contexts: Object.fromEntries(samples), probes } as unknown as Repetition
}

const repetitions = [repetition(), repetition(), repetition()]

describe('costs derived from samples', () => {
  const { quantities, further, payload, stalls, scatter } = deriveCosts(repetitions)

  test('take writes and payload work off what performing a segment costs', () => {
    // 4958 - 3000 - 2 x 50 - 1458: the clock is read twice around the write.
    expect(quantities.segmentNanos.value).toBeCloseTo(400, 6)
  })

  test('fit payload work to a fixed cost and one per byte', () => {
    expect(payload.copy.fixedNanos.value).toBeCloseTo(10, 6)
    expect(payload.copy.byteNanos.value).toBeCloseTo(1, 6)
  })

  test('take the cipher’s bytes from the transfer', () => {
    expect(payload.cipher.byteNanos.value * 1448).toBeCloseTo(18_558 - 3000 - 100 - 400 - 10, 0)
  })

  test('share what an apply emits out to its segments', () => {
    expect(quantities.applySegmentNanos.value).toBeCloseTo(100, 6)
    expect(quantities.applyAckNanos.value).toBeCloseTo(500, 6)
  })

  test('add up, with what has no name, to the transfer without meters', () => {
    const perSegment =
      (quantities.segmentNanos.value + 1458 + quantities.writeNanos.value) * segments +
      (quantities.checkNanos.value + quantities.applyAckNanos.value + quantities.readNanos.value) * 5000 +
      quantities.applyCallNanos.value * 50 +
      quantities.applySegmentNanos.value * segments +
      quantities.readEmptyNanos.value * 100 +
      quantities.loopNanos.value * (5050 + segments)
    expect(perSegment / segments).toBeCloseTo(further.sequentialSegmentNanos.value, 0)
  })

  test('find stalls by what a spinning thread missed', () => {
    expect(stalls.perSecond.value).toBeCloseTo(20, 6)
    expect(stalls.lengthMicros.at(-1)).toBe(40)
    expect(scatter).toEqual([0.5, 1, 1.5])
  })

  test('never have a factor below one', () => {
    expect(payload.cipher.contentionTimes.value).toBe(1)
    expect(quantities.contentionWriteTimes.value).toBe(1)
  })
})

test('less time without meters scales the parts down', () => {
  const { quantities } = deriveCosts([repetition(5400)])
  expect(quantities.writeNanos.value).toBeCloseTo(2700, 6)
  expect(quantities.readNanos.value).toBeCloseTo(900, 6)
})

test('rounds that found nothing are no cost of the loop', () => {
  const { quantities } = deriveCosts([repetition(6000, { idleNanos: 4000 })])
  expect(quantities.loopNanos.value).toBeCloseTo(deriveCosts([repetition()]).quantities.loopNanos.value, 6)
})

test('interruptions that the scheduler counts as the thread’s own are no cost of the loop either', () => {
  const costsAt = (ranMillis: number) => deriveCosts([repetition(6000, { ranMillis })]).quantities
  // Interruptions take 60 µs of 100 ms: the same share of the metered transfer, including its readings of the clock.
  const perStep = (0.0006 * (60e6 + 2 * timerNanos * 39_250)) / (5050 + segments)
  expect(costsAt(99.94).loopNanos.value - costsAt(100).loopNanos.value).toBeCloseTo(perStep, 1)
})

test('no repetitions are no costs', () => {
  expect(() => deriveCosts([])).toThrow(RangeError)
})

test('the file is read back by its schema, printed, and understood by the virtual cores', async () => {
  const file = costsFileSchema.parse({
    costsVersion,
    measuredAt: '2026-01-02T03:04:05Z',
    seconds: 60,
    machine: {
      cores: 2,
      cpuModel: 'a processor',
      memoryBytes: 2 ** 30,
      kernel: '6.1',
      architecture: 'x64',
      nodeVersion: 'v26.0.0',
      dockerVersion: null,
    },
    loadAverage: 0.1,
    repetitions: 3,
    ...deriveCosts(repetitions),
  })
  expect(formatCosts(file)).toContain('claim: lost')
  const [question] = outlooksOf(
    { strategies: ['sequential'], payloadWork: ['checksum'], replicas: [] },
    { seed: 1, draws: 1 },
  )
  const goodputs: number[] = []
  const twice = [question, question] as PredictionQuestion[]
  for await (const { goodputMbps } of predictAll(file, twice, AbortSignal.timeout(60_000))) {
    goodputs.push(goodputMbps.median)
  }
  expect(goodputs).toEqual([goodputs[0], goodputs[0]])
  const micros = (1448 * 8) / (goodputs[0] as number)
  expect(micros).toBeGreaterThan(4.5)
  expect(micros).toBeLessThan(6.5)
}, 60_000)
