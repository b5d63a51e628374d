import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ConnectionTrace } from './analysis/connection.ts'
import { isRetransmission } from './analysis/records.ts'
import { traceCapture } from './capture.ts'
import { outstandingData } from './series/outstanding.ts'
import { reordering } from './series/reordering.ts'
import { throughput } from './series/throughput.ts'
import { totals } from './series/totals.ts'
import { type FrameSpecification, frameMaker, handshake } from './testing/frames.ts'

/** A transfer as a receiver sees it: segments of these lengths, arriving in any order, some never, some often. */
interface Transfer {
  readonly lengths: readonly number[]
  readonly arrivals: readonly {
    readonly segment: number
    readonly pauseMicros: number
    readonly isAnswered: boolean
  }[]
  readonly hasSack: boolean
}

const transfers: fc.Arbitrary<Transfer> = fc
  // Of two bytes and more: one byte sent again would be a keep-alive.
  .array(fc.integer({ min: 2, max: 1460 }), { minLength: 1, maxLength: 30 })
  .chain((lengths) =>
    fc.record({
      lengths: fc.constant(lengths),
      arrivals: fc.array(
        fc.record({
          segment: fc.nat(lengths.length - 1),
          pauseMicros: fc.oneof(fc.nat(100), fc.nat(5000)),
          isAnswered: fc.boolean(),
        }),
        { maxLength: 80 },
      ),
      hasSack: fc.boolean(),
    }),
  )

interface Range {
  readonly from: number
  readonly to: number
}

function rangesOf(lengths: readonly number[]): Range[] {
  let from = 1
  return lengths.map((length) => {
    from += length
    return { from: from - length, to: from }
  })
}

/** What the receiver has: everything below the first number, and the ranges beyond it. */
function held(
  ranges: readonly Range[],
  arrived: ReadonlySet<number>,
): { edge: number; beyond: [number, number][] } {
  let edge = 1
  const beyond: [number, number][] = []
  ranges.forEach(({ from, to }, segment) => {
    if (!arrived.has(segment)) return
    const last = beyond.at(-1)
    if (from === edge) edge = to
    else if (last?.[1] === from) last[1] = to
    else beyond.push([from, to])
  })
  return { edge, beyond }
}

function framesOf({ lengths, arrivals, hasSack }: Transfer): FrameSpecification[] {
  const ranges = rangesOf(lengths)
  const arrived = new Set<number>()
  let micros = 1000
  return [
    ...handshake(),
    ...arrivals.flatMap(({ segment, pauseMicros, isAnswered }): FrameSpecification[] => {
      micros += pauseMicros
      arrived.add(segment)
      const { from, to } = ranges[segment] as Range
      const { edge, beyond } = held(ranges, arrived)
      const data = { from: 'client', micros, sequence: from, acknowledgment: 1, length: to - from } as const
      const sack = hasSack ? beyond.slice(-3) : []
      const ack = { from: 'server', micros, sequence: 1, acknowledgment: edge, sack } as const
      return isAnswered ? [data, ack] : [data]
    }),
  ]
}

function trace(
  frames: readonly FrameSpecification[],
  initial?: { client: number; server: number },
): ConnectionTrace {
  const [connection] = traceCapture(frames.map(frameMaker(initial))).connections
  return connection as ConnectionTrace
}

test('whatever arrives in whatever order, numbers and totals are those of the transfer', () => {
  fc.assert(
    fc.property(transfers, (transfer) => {
      const frames = framesOf(transfer)
      const { toServer } = trace(frames)
      const ranges = rangesOf(transfer.lengths)
      const segments = toServer.segments.slice(1)
      expect(segments.map(({ from, to }) => ({ from, to }))).toEqual(
        transfer.arrivals.map(({ segment }) => ranges[segment]),
      )
      const seen = new Set<number>()
      transfer.arrivals.forEach(({ segment }, index) => {
        const each = segments[index] as (typeof segments)[number]
        // What passed before was sent again, or doubled; and all before is what may be new.
        if (seen.has(segment)) expect(isRetransmission(each)).toBe(true)
        else if (each.kind !== 'outOfOrder' && each.kind !== 'new') {
          expect([...seen].some((other) => other > segment)).toBe(true)
        }
        seen.add(segment)
      })

      const all = totals(toServer)
      const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
      expect(sum(Object.values(all.byKind))).toBe(all.segments)
      expect(all.bytes).toBe(sum(segments.map(({ length }) => length)))
      expect(sum(throughput(toServer, 500).map(({ bytes }) => bytes))).toBe(all.bytes)
      const { edge } = held(ranges, seen)
      const acknowledged = toServer.acknowledgments.at(-1)?.acknowledgment ?? 0
      expect(acknowledged).toBeLessThanOrEqual(edge)
      expect(sum(throughput(toServer, 500).map(({ acknowledgedBytes }) => acknowledgedBytes))).toBe(
        acknowledged - 1,
      )
      const highest = Math.max(1, ...segments.map(({ to }) => to))
      expect(outstandingData(toServer).at(-1)?.bytes).toBe(highest - acknowledged)
      expect(toServer.acknowledgedUnseen).toBe(0)
      const { late, originals } = reordering(toServer)
      expect(originals + all.retransmissions).toBe(all.segments)
      expect(late.every(({ extent, lateMicros }) => extent >= 1 && lateMicros >= 0)).toBe(true)
    }),
  )
})

test('where sequence numbers wrap is not to be seen', () => {
  const initial = fc.record({
    client: fc.integer({ min: -40_000, max: 0 }),
    server: fc.oneof(fc.constant(-1), fc.constant(2 ** 31 - 1), fc.integer()),
  })
  fc.assert(
    fc.property(transfers, initial, (transfer, { client, server }) => {
      const frames = framesOf(transfer)
      const wrapping = trace(frames, { client, server })
      const crossing = trace(frames, { client: (client + 2 ** 31) | 0, server })
      const plain = trace(frames)
      for (const { toServer, toClient } of [wrapping, crossing]) {
        expect(toServer.segments).toEqual(plain.toServer.segments)
        expect(toServer.acknowledgments).toEqual(plain.toServer.acknowledgments)
        expect(toClient.acknowledgments).toEqual(plain.toClient.acknowledgments)
      }
    }),
  )
})

test('a transfer of more than 2^32 bytes goes on counting', () => {
  // A step over a window that no test could fill: as if the segments between had not been captured.
  const step = 2 ** 30
  const frames = Array.from({ length: 6 }, (_, index): FrameSpecification[] => {
    const sequence = 1 + index * step
    return [
      { from: 'client', micros: 2000 + index, sequence, acknowledgment: 1, length: 100 },
      { from: 'server', micros: 2000 + index, sequence: 1, acknowledgment: sequence + 100 },
    ]
  })
  const { toServer } = trace([...handshake(), ...frames.flat()])
  expect(toServer.segments.at(-1)).toMatchObject({
    from: 1 + 5 * step,
    kind: 'new',
    missingBefore: step - 100,
  })
  expect(toServer.acknowledgments.at(-1)).toMatchObject({ acknowledgment: 101 + 5 * step })
})
