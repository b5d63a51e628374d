import { describe, expect, test } from 'vitest'
import { traceCapture } from '../capture.ts'
import { type FrameSpecification, frameMaker, handshake } from '../testing/frames.ts'
import { outstandingData } from './outstanding.ts'
import { reordering } from './reordering.ts'
import { quantile, roundTrips } from './round-trips.ts'
import { throughput } from './throughput.ts'
import { timeSequence } from './time-sequence.ts'
import { totals } from './totals.ts'

const data = (micros: number, sequence: number): FrameSpecification => ({
  from: 'client',
  micros,
  sequence,
  acknowledgment: 1,
  length: 100,
})
const ack = (micros: number, acknowledgment: number, sack: readonly (readonly [number, number])[] = []) =>
  ({ from: 'server', micros, sequence: 1, acknowledgment, sack }) as const

/** The second of four segments is lost, asked for twice, and sent again. */
const specifications = [
  ...handshake(),
  data(2000, 1),
  data(2010, 101),
  data(2020, 201),
  data(2030, 301),
  ack(3000, 101),
  ack(3020, 101, [[201, 301]]),
  ack(3030, 101, [[201, 401]]),
  data(3040, 101),
  ack(4040, 401),
]

function traced(list: readonly FrameSpecification[]) {
  const [connection] = traceCapture(list.map(frameMaker())).connections
  if (connection === undefined) throw new Error('no connection')
  return connection.toServer
}

const direction = traced(specifications)
const empty = { segments: [], acknowledgments: [], acknowledgedUnseen: 0, isCut: false }

test('totals', () => {
  expect(totals(direction)).toMatchObject({
    segments: 6,
    bytes: 500,
    retransmittedBytes: 100,
    byKind: { new: 5, fastRetransmission: 1 },
    retransmissions: 1,
    outOfOrder: 0,
    missing: 0,
    acknowledgments: 5,
    duplicateAcks: 2,
    duplicateSacks: 0,
    greatestOutstanding: 400,
    roundTripSamples: 2,
    minimumRoundTripMicros: 500,
    medianRoundTripMicros: 500,
    p99RoundTripMicros: 1000,
  })
  expect(totals(empty)).toMatchObject({ segments: 0, roundTripSamples: 0, p99RoundTripMicros: undefined })
})

test('the time–sequence diagram: strokes, the two lines, SACK blocks', () => {
  const { segments, acknowledged, windowEdge, sack } = timeSequence(direction)
  expect(segments.at(-1)).toEqual({
    micros: 3040,
    from: 101,
    to: 201,
    kind: 'fastRetransmission',
    missingBefore: 0,
  })
  expect(acknowledged.map(({ value }) => value)).toEqual([1, 101, 101, 101, 401])
  expect(windowEdge.map(({ value }) => value)).toEqual([1001, 1101, 1101, 1101, 1401])
  expect(sack).toEqual([
    { micros: 3020, from: 201, to: 301 },
    { micros: 3030, from: 201, to: 401 },
  ])
})

test('an acknowledgment that was overtaken is on no line', () => {
  const overtaken = traced([...handshake(), data(2000, 1), ack(3000, 101), ack(3010, 1)])
  expect(timeSequence(overtaken).acknowledged.map(({ value }) => value)).toEqual([1, 101])
})

test('outstanding data beside the window, in the order of the frames', () => {
  expect(outstandingData(direction).slice(1)).toEqual([
    { micros: 500, bytes: 0, reportedBytes: 0, window: 1000 },
    { micros: 2000, bytes: 100, reportedBytes: 0, window: 1000 },
    { micros: 2010, bytes: 200, reportedBytes: 0, window: 1000 },
    { micros: 2020, bytes: 300, reportedBytes: 0, window: 1000 },
    { micros: 2030, bytes: 400, reportedBytes: 0, window: 1000 },
    { micros: 3000, bytes: 300, reportedBytes: 0, window: 1000 },
    { micros: 3020, bytes: 300, reportedBytes: 100, window: 1000 },
    { micros: 3030, bytes: 300, reportedBytes: 200, window: 1000 },
    { micros: 3040, bytes: 300, reportedBytes: 200, window: 1000 },
    { micros: 4040, bytes: 0, reportedBytes: 0, window: 1000 },
  ])
})

describe('throughput', () => {
  test('bytes that passed and that were acknowledged, by bins, empty ones too', () => {
    // The SYN at 0 begins the bins; its number is acknowledged, but is no byte that passed.
    expect(throughput(direction, 1000)).toEqual([
      { micros: 0, bytes: 0, acknowledgedBytes: 0 },
      { micros: 1000, bytes: 0, acknowledgedBytes: 0 },
      { micros: 2000, bytes: 400, acknowledgedBytes: 0 },
      { micros: 3000, bytes: 100, acknowledgedBytes: 100 },
      { micros: 4000, bytes: 0, acknowledgedBytes: 300 },
    ])
    expect(throughput(empty, 1000)).toEqual([])
  })

  test('bins that are too many are refused', () => {
    expect(() => throughput(direction, 0)).toThrow(/would be Infinity/)
    expect(() => throughput(direction, 0.001)).toThrow(RangeError)
  })
})

test('reordering: 7 passes 4, 5 and 6, whose extents (RFC 4737) grow with what came since', () => {
  const arrivals = [1, 2, 3, 7, 4, 5, 6]
  const list = arrivals.map((number, index) => data(2000 + index * 10, 1 + 100 * (number - 1)))
  const { originals, late, ratio, maximumExtent, maximumLateMicros, extents } = reordering(
    traced([...handshake(), ...list]),
  )
  // The SYN is one of the originals.
  expect(originals).toBe(8)
  expect(late.map(({ extent, lateMicros }) => [extent, lateMicros])).toEqual([
    [1, 10],
    [2, 20],
    [3, 30],
  ])
  expect({ ratio, maximumExtent, maximumLateMicros, extents }).toEqual({
    ratio: 3 / 8,
    maximumExtent: 3,
    maximumLateMicros: 30,
    extents: [
      [1, 1],
      [2, 1],
      [3, 1],
    ],
  })
  expect(reordering(empty)).toMatchObject({ originals: 0, ratio: 0, maximumExtent: 0 })
})

test('round trips are those of acknowledgments that gave one; a quantile is one of the values', () => {
  expect(roundTrips(direction)).toEqual([
    { micros: 500, roundTripMicros: 500, by: 'sequence' },
    { micros: 3000, roundTripMicros: 1000, by: 'sequence' },
  ])
  expect([0, 0.5, 0.51, 0.99, 1].map((share) => quantile([4, 1, 3, 2], share))).toEqual([1, 2, 3, 4, 4])
  expect(quantile([], 0.5)).toBeUndefined()
})
