/**
 * The graphs of one exchange: time–sequence as a whole and in part, throughput, round trips, outstanding data, windows. The
 * first four are of the capture; what the stack itself knew comes from its requests, applied again.
 */
import { formatCount, formatNumber } from '../../harness/measure/format.ts'
import type { Behaviour, TimeSequenceView } from '../../harness/result/behaviour.ts'
import { type ChartContent, drawChart } from '../chart.ts'
import type { Markup } from '../html.ts'
import { threadColour } from '../palette.ts'

export interface Graph {
  readonly name: string
  /** What the lines are, for the figure's caption. */
  readonly caption: string
  /** Null: this exchange has nothing to draw. */
  draw(view: Behaviour, label: string, id: string): Promise<Markup | null>
}

const dashes = { solid: [1, 0], dotted: [2, 2], dashed: [8, 3] } as const

interface LinePoint {
  readonly which: string
  readonly millis: number
  readonly value: number
  readonly colour: string
  readonly dash: readonly number[]
}

export const graphs: readonly Graph[] = [
  {
    name: 'Time–sequence',
    caption:
      'Each point is the end of a segment, in the colour of the replica whose device it passed. The solid line below is what is acknowledged, the dashed line above how far the receiver’s window reaches. A mark is a segment that was sent again (cross) or came out of order (triangle); thin strokes are what SACK reports.',
    draw: (view, label, id) => timeSequence(view, view.outside.overview, `Time–sequence, ${label}`, id, true),
  },
  {
    name: 'Close-up',
    caption:
      'A hundred segments of it, as upright strokes from their first byte to their last, around the first that was lost, late or sent again; from the middle if none was.',
    draw: (view, label, id) => timeSequence(view, view.outside.closeUp, `Close-up, ${label}`, id, false),
  },
  {
    name: 'Throughput',
    caption: 'What passed (dotted) and what was acknowledged (solid), in equal steps of time.',
    draw: throughput,
  },
  {
    name: 'Round trips',
    caption:
      'A point for each segment that was sent once: the time to its acknowledgment. The line is SRTT, as the stack had it.',
    draw: roundTrips,
  },
  {
    name: 'Outstanding data',
    caption:
      'Sent and not acknowledged (solid), and the window that the receiver advertised (dashed, where it is near).',
    draw: outstanding,
  },
  {
    name: 'Windows inside',
    caption:
      'What the stack knew after each request: congestion window (solid), slow start threshold (dotted) and data in flight (thin), or, where it receives, the window that it offers (dashed).',
    draw: windows,
  },
]

async function timeSequence(
  { outside, threads }: Behaviour,
  view: TimeSequenceView,
  title: string,
  id: string,
  isWhole: boolean,
): Promise<Markup | null> {
  if (view.segments.length === 0) return null
  const kilo = (value: number) => value / 1000
  // An edge far above the segments would press them to a line.
  const highest = Math.max(...view.segments.map(({ to }) => to))
  const lowest = Math.min(...view.segments.map(({ from }) => from))
  const isNear = (value: number) => isWhole || value <= highest + 2 * (highest - lowest)
  const lines = [
    ...view.acknowledged.map((point) => ({ ...point, which: 'acknowledged', dash: dashes.solid })),
    ...view.windowEdge
      .filter(({ value }) => isNear(value))
      .map((point) => ({ ...point, which: 'window', dash: dashes.dashed })),
  ].filter(({ value }) => value >= lowest || isWhole)
  const events = view.segments.filter(({ kind }) => kind !== 'new')
  const { totals } = outside
  const strokes = view.segments.map(({ micros, from, to, thread }) => ({
    millis: micros / 1000,
    from: kilo(from),
    to: kilo(to),
    replica: thread,
    colour: threadColour(thread, threads),
  }))
  const description = `${formatCount(view.segments.length)} of ${formatCount(totals.segments)} segments from ${formatNumber(kilo(lowest))} to ${formatNumber(kilo(highest))} kB; ${events.length} of these were sent again or came out of order.`
  return await draw('time-sequence', id, {
    title,
    description,
    datasets: {
      lines: lines.map(({ micros, value, which, dash }) => ({
        millis: micros / 1000,
        kilobytes: kilo(value),
        which,
        dash,
        colour: 'var(--quiet)',
      })),
      sack: view.sack.map(({ micros, from, to }) => ({
        millis: micros / 1000,
        from: kilo(from),
        to: kilo(to),
        colour: 'var(--quiet)',
      })),
      // As a whole, a segment is less than a pixel high.
      segments: isWhole ? [] : strokes,
      ends: isWhole ? strokes.map(({ from: _, ...end }) => end) : [],
      events: events.map(({ micros, to, kind }) => ({
        millis: micros / 1000,
        to: kilo(to),
        shape: kind === 'outOfOrder' ? 'triangle-up' : 'cross',
        colour: 'var(--bad)',
      })),
    },
    words: { unit: 'kB of the stream' },
  })
}

async function throughput(
  { outside, threads }: Behaviour,
  label: string,
  id: string,
): Promise<Markup | null> {
  const { binMicros, bins } = outside.throughput
  if (bins.length === 0) return null
  const rate = (bytes: number) => (8 * bytes) / binMicros
  const line = (which: 'bytes' | 'acknowledgedBytes', dash: readonly number[]) =>
    bins.map((bin) => ({
      which,
      millis: bin.micros / 1000,
      value: rate(bin[which]),
      colour: threadColour(0, threads),
      dash,
    }))
  const most = Math.max(...bins.map(({ acknowledgedBytes }) => rate(acknowledgedBytes)))
  return await draw('throughput', id, {
    title: `Throughput, ${label}`,
    description: `At most ${formatNumber(most)} Mbit/s acknowledged, in steps of ${formatNumber(binMicros / 1000)} ms.`,
    datasets: { throughput: [...line('bytes', dashes.dotted), ...line('acknowledgedBytes', dashes.solid)] },
    words: { unit: 'Mbit/s' },
  })
}

async function roundTrips(
  { outside, inside, threads }: Behaviour,
  label: string,
  id: string,
): Promise<Markup | null> {
  if (outside.roundTrips.length === 0) return null
  const { medianRoundTripMicros, p99RoundTripMicros } = outside.totals
  // What the stack estimates is of the data that it sends.
  const rows = outside.sender === 'stack' ? (inside?.rows ?? []) : []
  const lines = rows
    .filter(({ smoothedRoundTrip }) => smoothedRoundTrip > 0)
    .map(({ micros, smoothedRoundTrip }) =>
      point('SRTT', micros, smoothedRoundTrip / 1000, 'var(--ink)', dashes.solid),
    )
  return await draw('round-trips', id, {
    title: `Round trips, ${label}`,
    description: `${milliseconds(medianRoundTripMicros)} in the middle, ${milliseconds(p99RoundTripMicros)} for the slowest hundredth, as seen at the stack’s device.`,
    datasets: {
      samples: outside.roundTrips.map(({ micros, value }) => ({
        millis: micros / 1000,
        value: value / 1000,
        colour: threadColour(0, threads),
      })),
      lines,
    },
    words: { unit: 'ms' },
  })
}

async function outstanding(
  { outside, threads }: Behaviour,
  label: string,
  id: string,
): Promise<Markup | null> {
  const points = outside.outstanding
  if (points.length === 0) return null
  const most = Math.max(...points.map(({ bytes }) => bytes))
  const lines = points.flatMap(({ micros, bytes, window }) => [
    point('outstanding', micros, bytes / 1000, threadColour(0, threads), dashes.solid),
    ...(window === null || window > farthest * most
      ? []
      : [point('window', micros, window / 1000, 'var(--quiet)', dashes.dashed)]),
  ])
  return await draw('behaviour-lines', id, {
    title: `Outstanding data, ${label}`,
    description: `At most ${formatNumber(most / 1000)} kB sent and not acknowledged.`,
    datasets: { lines },
    words: { unit: 'kB' },
  })
}

/** A window that many times the largest line would flatten it. */
const farthest = 3

async function windows(view: Behaviour, label: string, id: string): Promise<Markup | null> {
  const rows = view.inside?.rows ?? []
  if (rows.length === 0) return null
  const sends = view.outside.sender === 'stack'
  const main = sends ? 'congestionWindow' : 'receiveWindow'
  const most = Math.max(...rows.map((row) => row[main]))
  const least = Math.min(...rows.map((row) => row[main]))
  const colour = threadColour(0, view.threads)
  const lines = rows.flatMap((row) =>
    sends
      ? [
          point('congestion window', row.micros, row.congestionWindow / 1000, colour, dashes.solid),
          point('in flight', row.micros, row.pipe / 1000, 'var(--quiet)', dashes.solid),
          ...(row.slowStartThreshold > farthest * most
            ? []
            : [point('threshold', row.micros, row.slowStartThreshold / 1000, 'var(--ink)', dashes.dotted)]),
        ]
      : [point('offered window', row.micros, row.receiveWindow / 1000, colour, dashes.dashed)],
  )
  const what = sends ? 'Congestion window' : 'Offered window'
  return await draw('behaviour-lines', id, {
    title: `Windows inside, ${label}`,
    description: `${what} from ${formatNumber(least / 1000)} to ${formatNumber(most / 1000)} kB; ${formatCount(view.inside?.changes ?? 0)} changes of the connection’s state in ${formatCount(view.inside?.requests ?? 0)} requests.`,
    datasets: { lines },
    words: { unit: 'kB' },
  })
}

function point(
  which: string,
  micros: number,
  value: number,
  colour: string,
  dash: readonly number[],
): LinePoint {
  return { which, millis: micros / 1000, value, colour, dash }
}

export function milliseconds(micros: number | null): string {
  return micros === null ? 'unknown' : `${formatNumber(micros / 1000)} ms`
}

async function draw(
  name: Parameters<typeof drawChart>[0],
  id: string,
  content: ChartContent,
): Promise<Markup> {
  return await drawChart(name, id, content)
}
