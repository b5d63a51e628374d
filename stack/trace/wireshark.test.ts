/**
 * The analysis beside Wireshark's, frame by frame, over captures of simulated hosts (`testing/make-fixtures.ts`). Where the
 * two differ on purpose the frames are listed under the reason; whatever else differs is a failure.
 */
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { TcpFlag } from '../wire/header.ts'
import type { Acknowledgment, Segment, SegmentKind } from './analysis/records.ts'
import { readPcap, totals, traceCapture } from './index.ts'
import {
  type FixtureName,
  fixtureNames,
  fixturePath,
  readWireshark,
  type WiresharkRow,
} from './testing/fixtures.ts'

type Differences = Readonly<Record<string, readonly number[]>>

function open(name: FixtureName) {
  const capture = traceCapture(readPcap(fileURLToPath(fixturePath(name, 'pcap'))))
  const [connection] = capture.connections
  if (connection === undefined) throw new Error(`${name}: no connection`)
  const directions = [connection.toServer, connection.toClient]
  const byFrame = <Kept extends { frame: number }>(records: readonly Kept[]) =>
    new Map(records.map((record) => [record.frame, record]))
  return {
    capture,
    connection,
    segments: byFrame(directions.flatMap(({ segments }) => segments)),
    acknowledgments: byFrame(directions.flatMap(({ acknowledgments }) => acknowledgments)),
    rows: readWireshark(name).filter((row) => row['tcp.seq'] !== ''),
  }
}

interface Pair {
  readonly row: WiresharkRow
  readonly segment: Segment | undefined
  readonly acknowledgment: Acknowledgment | undefined
}

function pairsOf({ rows, segments, acknowledgments }: ReturnType<typeof open>): Pair[] {
  return rows.map((row) => {
    const frame = Number(row['frame.number'])
    return { row, segment: segments.get(frame), acknowledgment: acknowledgments.get(frame) }
  })
}

/** Frames that `complaint` names a difference for, by its name. */
function differences(pairs: readonly Pair[], complaint: (pair: Pair) => string | undefined): Differences {
  const found: Record<string, number[]> = {}
  for (const pair of pairs) {
    const name = complaint(pair)
    if (name === undefined) continue
    found[name] = [...(found[name] ?? []), Number(pair.row['frame.number'])]
  }
  return found
}

function wiresharkKind(row: WiresharkRow): SegmentKind {
  if (row['tcp.analysis.spurious_retransmission'] !== '') return 'spuriousRetransmission'
  if (row['tcp.analysis.fast_retransmission'] !== '') return 'fastRetransmission'
  if (row['tcp.analysis.retransmission'] !== '') return 'retransmission'
  if (row['tcp.analysis.out_of_order'] !== '') return 'outOfOrder'
  return row['tcp.analysis.keep_alive'] !== '' ? 'keepAlive' : 'new'
}

/** Wireshark does not tell retransmissions that SACK asked for from others. */
const withoutSack = (kind: SegmentKind) => (kind === 'sackRetransmission' ? 'retransmission' : kind)

describe.each(fixtureNames)('%s', (name) => {
  const fixture = open(name)
  const pairs = pairsOf(fixture)

  test('every frame is read, and has the same numbers, lengths and windows', () => {
    expect(fixture.capture).toMatchObject({
      isCutShort: false,
      ignored: { notTcp: 2, cutHeaders: 0, malformed: 0, noRoom: 0 },
    })
    expect(fixture.connection).toMatchObject({ opening: 'syn', ending: 'fin' })
    for (const { row, segment, acknowledgment } of pairs) {
      if (segment !== undefined) {
        expect([row['tcp.seq'], row['tcp.len']]).toEqual([String(segment.from), String(segment.length)])
      }
      if (acknowledgment !== undefined) {
        const { acknowledgment: number, window, sack } = acknowledgment
        expect([row['tcp.ack'], row['tcp.window_size']]).toEqual([String(number), String(window)])
        expect(row['tcp.options.sack_le']).toBe(sack.map(({ from }) => from).join(','))
      }
    }
  })

  // They would not be where ACKs overtake each other: Wireshark counts anew after one that was overtaken, and so fails to
  // see that the next repeats the highest.
  test('duplicate ACKs are the same, and so are their numbers', () => {
    for (const { row, acknowledgment } of pairs) {
      expect(row['tcp.analysis.duplicate_ack_num']).toBe(String(acknowledgment?.duplicate || ''))
    }
  })
})

/** Ours, then Wireshark's. */
const kinds: Readonly<Record<FixtureName, Differences>> = {
  'sender-losses': {
    // They passed here before, so they were sent again; Wireshark goes by how soon they follow the highest number.
    'sackRetransmission, outOfOrder': [45, 96, 274],
  },
  'receiver-reordering': {
    // Their timestamps are older than those of what overtook them; Wireshark goes by the duplicate ACKs meanwhile.
    'outOfOrder, fastRetransmission': [41, 49, 141],
  },
  'both-ways': {
    // 169 passed before. The others fill holes older than a round trip, with timestamps newer than those beyond them.
    'sackRetransmission, outOfOrder': [154, 156, 169, 205, 270],
    'outOfOrder, fastRetransmission': [286],
  },
}

test.each(fixtureNames)('kinds of segments: %s', (name) => {
  const found = differences(pairsOf(open(name)), ({ row, segment }) => {
    const [ours, theirs] = [segment?.kind ?? 'new', wiresharkKind(row)]
    return withoutSack(ours) === theirs ? undefined : `${ours}, ${theirs}`
  })
  expect(found).toEqual(kinds[name])
})

/** Ours is of segments; Wireshark's of all packets. */
const missing: Readonly<Record<FixtureName, Differences>> = {
  'sender-losses': {},
  'receiver-reordering': {},
  // A bare ACK (223) is the first to begin beyond the hole, and data (246) the first to pass beyond it.
  'both-ways': { theirs: [223], ours: [246] },
}

test.each(fixtureNames)('segments that are missing before others: %s', (name) => {
  const found = differences(pairsOf(open(name)), ({ row, segment }) => {
    const [ours, theirs] = [(segment?.missingBefore ?? 0) > 0, row['tcp.analysis.lost_segment'] !== '']
    if (ours === theirs) return undefined
    return ours ? 'ours' : 'theirs'
  })
  expect(found).toEqual(missing[name])
})

/** Of acknowledgments that are not an answer to the one segment that Wireshark takes them for. */
const roundTrips: Readonly<Record<FixtureName, Differences>> = {
  'sender-losses': {
    // They answer what filled a hole, whose timestamp they echo; Wireshark times the last segment that they cover.
    timestamps: [98, 120, 244, 280],
  },
  'receiver-reordering': {
    timestamps: [42, 50, 56, 121, 142, 180, 298, 300],
    // Karn's rule: the segment passed twice, with the same timestamp.
    none: [130],
  },
  'both-ways': { timestamps: [149, 155, 157, 197, 204, 206, 223, 259, 271, 287, 289] },
}

test.each(fixtureNames)('round trips: %s', (name) => {
  const found = differences(pairsOf(open(name)), ({ row, acknowledgment }) => {
    const ours = acknowledgment?.roundTrip
    const theirs = row['tcp.analysis.ack_rtt']
    if (theirs === '' ? ours === undefined : Math.round(Number(theirs) * 1e6) === ours?.micros)
      return undefined
    return ours?.by ?? 'none'
  })
  expect(found).toEqual(roundTrips[name])
})

/**
 * Bytes in flight are compared where all passes that was sent: at the sender. What a receiver's capture misses is outstanding
 * to us, and not to Wireshark. It leaves out what SACK reports, and the number of a FIN.
 */
test.each(['sender-losses', 'both-ways'] as const)('bytes in flight at the sender: %s', (name) => {
  const sent = pairsOf(open(name)).filter(
    ({ row }) => row['ip.src'] === '10.0.0.1' && row['tcp.analysis.bytes_in_flight'] !== '',
  )
  expect(sent.length).toBeGreaterThan(70)
  for (const { row, segment } of sent) {
    const { all = 0, reported = 0 } = segment?.outstanding ?? {}
    const fin = ((segment?.flags ?? 0) & TcpFlag.fin) === 0 ? 0 : 1
    expect(Number(row['tcp.analysis.bytes_in_flight'])).toBe(all - reported - fin)
  }
})

test('the fixtures have what they are compared for', () => {
  const of = (name: FixtureName) => totals(open(name).connection.toServer)
  const losses = of('sender-losses')
  expect(losses.byKind.fastRetransmission).toBeGreaterThan(0)
  expect(losses.byKind.sackRetransmission).toBeGreaterThan(0)
  expect(losses.duplicateAcks).toBeGreaterThan(20)
  const reordered = of('receiver-reordering')
  expect(reordered.outOfOrder).toBeGreaterThan(10)
  expect(reordered.byKind.spuriousRetransmission).toBeGreaterThan(0)
  expect(reordered.duplicateSacks).toBeGreaterThan(0)
})
