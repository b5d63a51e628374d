import { describe, expect, test } from 'vitest'
import { TcpFlag } from '../../wire/header.ts'
import { type CaptureOptions, type CaptureTrace, traceCapture } from '../capture.ts'
import { type FrameSpecification, frameMaker, handshake } from '../testing/frames.ts'
import type { ConnectionTrace } from './connection.ts'

const frame = frameMaker()

function traceAll(specifications: readonly FrameSpecification[], options?: CaptureOptions): CaptureTrace {
  return traceCapture(specifications.map(frame), options)
}

function trace(specifications: readonly FrameSpecification[]): ConnectionTrace {
  const { connections } = traceAll([...handshake(), ...specifications])
  expect(connections).toHaveLength(1)
  return connections[0] as ConnectionTrace
}

type More = Partial<FrameSpecification>

/** 100 bytes from the client. */
const data = (micros: number, sequence: number, more: More = {}): FrameSpecification => ({
  from: 'client',
  micros,
  sequence,
  acknowledgment: 1,
  length: 100,
  ...more,
})

const ack = (micros: number, acknowledgment: number, more: More = {}): FrameSpecification => ({
  from: 'server',
  micros,
  sequence: 1,
  acknowledgment,
  ...more,
})

/** Of the segments after the handshake. */
function kinds(specifications: readonly FrameSpecification[]): string[] {
  return trace(specifications)
    .toServer.segments.slice(1)
    .map(({ kind }) => kind)
}

test('at the sender’s own device, what fills a hole late was late; what passed before was sent again', () => {
  const frames = [
    ...handshake(),
    data(2000, 1),
    data(3000, 201),
    // Later than any round trip, and below what SACK reports.
    ack(4000, 101, { sack: [[201, 301]] }),
    data(60_000, 101),
    data(70_000, 201),
  ]
  const kindsAt = (capturedAt?: string) =>
    traceAll(frames, capturedAt === undefined ? {} : { capturedAt })
      .connections[0]?.toServer.segments.slice(3)
      .map(({ kind }) => kind)
  const { client, server } = trace([data(2000, 1)])
  expect(kindsAt(client.address)).toEqual(['outOfOrder', 'spuriousRetransmission'])
  expect(kindsAt(server.address)).toEqual(['sackRetransmission', 'spuriousRetransmission'])
  expect(kindsAt()).toEqual(['sackRetransmission', 'spuriousRetransmission'])
})

describe('which connection', () => {
  test('the client is who sent the SYN, whatever the ports; both directions are one connection', () => {
    const { client, server, opening, handshakeMicros, toServer, toClient } = trace([data(2000, 1)])
    expect({ client: client.port, server: server.port, opening, handshakeMicros }).toEqual({
      client: 40_000,
      server: 80,
      opening: 'syn',
      handshakeMicros: 1000,
    })
    expect(toServer.segments.map(({ from, to }) => [from, to])).toEqual([
      [0, 1],
      [1, 101],
    ])
    expect(toClient.segments.map(({ from, to }) => [from, to])).toEqual([[0, 1]])
  })

  test('without a SYN the numbers begin at the first packet, and windows are as on the wire', () => {
    const { connections } = traceAll([
      ack(0, 5000, { sequence: 700 }),
      data(1, 5000, { acknowledgment: 700 }),
    ])
    expect(connections).toMatchObject([
      { client: { port: 40_000 }, opening: 'midway', isWindowScaleKnown: false, handshakeMicros: undefined },
    ])
    expect(connections[0]?.toServer.segments).toMatchObject([{ from: 1, to: 101, kind: 'new' }])
    expect(connections[0]?.toServer.acknowledgments).toMatchObject([{ acknowledgment: 1 }])
  })

  test('a SYN with another number over the same ports is another connection; the same SYN again is not', () => {
    const [syn] = handshake() as [FrameSpecification]
    expect(traceAll([syn, { ...syn, micros: 5 }]).connections).toHaveLength(1)
    const { connections } = traceAll([...handshake(), data(2000, 1), { ...syn, micros: 9000, sequence: 999 }])
    expect(connections.map(({ toServer }) => toServer.segments.length)).toEqual([2, 1])
  })

  test('connections beyond the limit are counted, and records beyond theirs are left out', () => {
    expect(traceAll(handshake(), { connectionLimit: 0 })).toMatchObject({
      connections: [],
      frames: 3,
      ignored: { noRoom: 3 },
    })
    const { connections } = traceAll([...handshake(), data(2, 1), data(3, 101)], { recordLimit: 2 })
    expect(connections[0]?.toServer).toMatchObject({ isCut: true, segments: { length: 2 } })
  })

  test('an end by FIN of both, and one by RST', () => {
    const fin = { flags: TcpFlag.fin | TcpFlag.ack, length: 0 }
    expect(trace([data(1, 1)]).ending).toBe('none')
    expect(trace([data(1, 1, fin), ack(2, 2, fin)]).ending).toBe('fin')
    expect(trace([data(1, 1, { flags: TcpFlag.rst, length: 0 })]).ending).toBe('reset')
  })
})

describe('windows', () => {
  const [syn, synAck, last] = handshake() as [FrameSpecification, FrameSpecification, FrameSpecification]
  const windows = (clientScale: More, serverScale: More) => {
    const specifications = [{ ...syn, ...clientScale }, { ...synAck, ...serverScale }, last, ack(2000, 1)]
    const { toServer } = traceAll(specifications).connections[0] as ConnectionTrace
    return toServer.acknowledgments.map(({ window }) => window)
  }

  test('are scaled by what their sender said, but not in a SYN, if both ends said so', () => {
    expect(windows({ windowScale: 2 }, { windowScale: 7 })).toEqual([1000, 128_000])
    expect(windows({}, { windowScale: 7 })).toEqual([1000, 1000])
  })
})

describe('segments', () => {
  test('new, with what is missing before it', () => {
    const { segments } = trace([data(2000, 1), data(2010, 201)]).toServer
    expect(segments.slice(1)).toMatchObject([
      { kind: 'new', missingBefore: 0 },
      { kind: 'new', missingBefore: 100 },
    ])
  })

  test('out of order: fills a hole that is younger than the round trip, with extent and lateness', () => {
    const specifications = [data(2000, 1), data(2010, 201), data(2020, 301), data(2500, 101)]
    expect(kinds(specifications)).toEqual(['new', 'new', 'new', 'outOfOrder'])
    expect(trace(specifications).toServer.segments.at(-1)?.lateness).toEqual({ extent: 2, micros: 490 })
  })

  test('a retransmission: fills a hole that is older', () => {
    expect(kinds([data(2000, 1), data(2010, 201), data(3010, 101)])).toEqual(['new', 'new', 'retransmission'])
  })

  test('a retransmission: passed before, however soon it comes', () => {
    expect(kinds([data(2000, 1), data(2001, 101), data(2002, 1)])).toEqual(['new', 'new', 'retransmission'])
    expect(kinds([data(2000, 1), data(2001, 1)])).toEqual(['new', 'retransmission'])
  })

  test('timestamps tell who was sent first, whatever the hole is old', () => {
    const gap = [data(2000, 1, { timestamps: [10, 0] }), data(2010, 201, { timestamps: [12, 0] })]
    expect(kinds([...gap, data(9000, 101, { timestamps: [11, 0] })]).at(-1)).toBe('outOfOrder')
    expect(kinds([...gap, data(2011, 101, { timestamps: [13, 0] })]).at(-1)).toBe('retransmission')
    expect(kinds([...gap, data(2011, 101, { timestamps: [12, 0] })]).at(-1)).toBe('outOfOrder')
  })

  test('a fast retransmission: asked for by two duplicate ACKs, the last less than 20 ms ago', () => {
    const before = [data(2000, 1), data(2001, 101), data(2002, 201), ack(3000, 101)]
    const two = [ack(3001, 101), ack(3002, 101)]
    expect(kinds([...before, ...two, data(23_001, 101)]).at(-1)).toBe('fastRetransmission')
    expect(kinds([...before, ...two, data(23_002, 101)]).at(-1)).toBe('retransmission')
    expect(kinds([...before, ack(3001, 101), data(3005, 101)]).at(-1)).toBe('retransmission')
    expect(kinds([...before, ...two, data(3005, 201)]).at(-1)).toBe('retransmission')
  })

  test('a SACK retransmission: below what SACK blocks report', () => {
    const sack = [[201, 301]] as const
    const before = [data(2000, 1), data(2001, 101), data(2002, 201), ack(3000, 1, { sack })]
    expect(kinds([...before, data(3005, 101)]).at(-1)).toBe('sackRetransmission')
  })

  test('a spurious retransmission: acknowledged, or reported by SACK', () => {
    const sent = [data(2000, 1), data(2001, 101), data(2002, 201)]
    expect(kinds([...sent, ack(3000, 101), data(3005, 1)]).at(-1)).toBe('spuriousRetransmission')
    const sack = [[201, 301]] as const
    expect(kinds([...sent, ack(3000, 1, { sack }), data(3005, 201)]).at(-1)).toBe('spuriousRetransmission')
  })

  test('a keep-alive: at most a byte, just before what comes next', () => {
    const sent = [data(2000, 1), ack(2500, 101)]
    expect(kinds([...sent, data(9000, 100, { length: 0 })])).toEqual(['new', 'keepAlive'])
    expect(kinds([...sent, data(9000, 100, { length: 1 })])).toEqual(['new', 'keepAlive'])
  })

  test('a window probe: a byte beyond a closed window, which goes with the next segment again', () => {
    const closed = [data(2000, 1), ack(2500, 101, { window: 0 })]
    const probe = (micros: number) => data(micros, 101, { length: 1 })
    expect(kinds([...closed, probe(9000), ack(9001, 101, { window: 0 }), probe(19_000)])).toEqual([
      'new',
      'windowProbe',
      'windowProbe',
    ])
    const opened = [...closed, probe(9000), ack(9001, 101), data(9002, 101)]
    expect(kinds(opened)).toEqual(['new', 'windowProbe', 'new'])
  })
})

describe('acknowledgments', () => {
  const acknowledged = (specifications: readonly FrameSpecification[]) =>
    trace(specifications).toServer.acknowledgments.slice(1)
  const duplicates = (specifications: readonly FrameSpecification[]) =>
    acknowledged(specifications).map(({ duplicate }) => duplicate)

  test('duplicates are counted from one, and anew after an advance', () => {
    const sent = [data(2000, 1), data(2001, 101)]
    const acks = [ack(3000, 101), ack(3001, 101), ack(3002, 101), ack(3003, 201), ack(3004, 201)]
    expect(duplicates([...sent, ...acks])).toEqual([0, 1, 2, 0, 1])
  })

  test('duplicates count also where data before them is missing', () => {
    const beyond = { sequence: 501 }
    const acks = [ack(2500, 101, beyond), ack(2501, 101, beyond), ack(2502, 101)]
    expect(duplicates([data(2000, 1), ...acks])).toEqual([0, 1, 2])
    const answered = [ack(2500, 1, { length: 100 }), ack(2600, 101, { sequence: 101 }), ack(2601, 101)]
    expect(duplicates([data(2000, 1), ...answered])).toEqual([0, 0, 0])
  })

  test('no duplicate: data, another window, a closed window, an answer to a keep-alive, one that was overtaken', () => {
    const sent = [data(2000, 1), ack(2500, 101)]
    expect(duplicates([...sent, ack(2600, 101, { length: 5 })])).toEqual([0, 0])
    expect(duplicates([...sent, ack(2600, 101, { window: 999 })])).toEqual([0, 0])
    const closed = { window: 0 }
    expect(duplicates([data(2000, 1), ack(2500, 101, closed), ack(2501, 101, closed)])).toEqual([0, 0])
    expect(duplicates([...sent, data(9000, 100, { length: 0 }), ack(9001, 101)])).toEqual([0, 0])
    const late = ack(2601, 1, { window: 900 })
    const overtaken = [...sent, ack(2600, 101), late, ack(2602, 101)]
    expect(duplicates(overtaken)).toEqual([0, 1, 0, 2])
  })

  test('SACK blocks are relative; a first block that is acknowledged, or within the second, reports a duplicate', () => {
    const sent = [data(2000, 1), data(2001, 101), data(2002, 201), data(2003, 301)]
    const report = (sack: readonly (readonly [number, number])[]) =>
      acknowledged([...sent, ack(3000, 101, { sack })])[0]
    expect(report([[201, 301]])).toMatchObject({
      sack: [{ from: 201, to: 301 }],
      isDuplicateSack: false,
      outstanding: { all: 300, reported: 100 },
    })
    expect(report([[1, 101]])).toMatchObject({ isDuplicateSack: true, outstanding: { reported: 0 } })
    const within = [
      [201, 301],
      [201, 401],
    ] as const
    expect(report(within)).toMatchObject({ isDuplicateSack: true, outstanding: { reported: 200 } })
  })

  test('what is acknowledged without having passed is told', () => {
    expect(trace([data(2000, 1), ack(2500, 301)]).toServer.acknowledgedUnseen).toBe(200)
  })

  const roundTrip = (specifications: readonly FrameSpecification[]) =>
    acknowledged(specifications).at(-1)?.roundTrip

  test('a round trip is from the last segment that an ACK covers', () => {
    expect(roundTrip([data(2000, 1), data(2100, 101), ack(3000, 201)])).toEqual({
      micros: 900,
      by: 'sequence',
    })
  })

  test('none of a segment that was sent again, nor of one that was reported or waited behind a hole', () => {
    expect(roundTrip([data(2000, 1), data(9000, 1), ack(9500, 101)])).toBeUndefined()
    const sack = [[101, 201]] as const
    const reported = [data(2000, 1), data(2100, 101), ack(3000, 1, { sack }), ack(3500, 201)]
    expect(roundTrip(reported)).toBeUndefined()
    expect(roundTrip([data(2000, 1), data(2001, 101), data(9000, 1), ack(9500, 201)])).toBeUndefined()
  })

  test('timestamps tell which transmission was answered, unless both have the same', () => {
    const sent = (first: number, second: number) => [
      data(2000, 1, { timestamps: [first, 0] }),
      data(2001, 101, { timestamps: [first, 0] }),
      data(9000, 1, { timestamps: [second, 0] }),
    ]
    const echo = (value: number) => ack(9500, 201, { timestamps: [0, value] })
    expect(roundTrip([...sent(2, 9), echo(9)])).toEqual({ micros: 500, by: 'timestamps' })
    expect(roundTrip([...sent(2, 9), echo(2)])).toEqual({ micros: 7500, by: 'timestamps' })
    expect(roundTrip([...sent(2, 2), echo(2)])).toBeUndefined()
  })
})
