import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SlotWord } from '../../../dominoes/contract/slot.ts'
import { openRegion } from '../../../dominoes/memory/region.ts'
import type { ExpectedSegment } from '../../../protocol/tcp/receiving/expected-segment.ts'
import { HeaderWord, OptionBit, TcpFlag, Verdict } from '../../../wire/header.ts'
import { Bench, ours, segment, theirs } from '../../../wire/testing/frame-fixtures.ts'
import { VirtioFlag, virtioHeaderBytes } from '../../../wire/virtio.ts'
import { mostSegments } from '../../layout/slot-layout.ts'
import type { StreamBuffers } from '../../layout/stream-buffers.ts'
import { HostArgument, readingAt } from '../slot-frame.ts'
import { checkParts } from './check-parts.ts'
import { FrameReader, noSlot } from './frame-reader.ts'
import { holdFrames } from './testing/waiting-frames.ts'

const frameLimit = 400
const slotBytes = 5120
const slotCount = 24
const ringBytes = 4096
const ringsAt = slotCount * slotBytes
const buffers: StreamBuffers = { sendAt: 0, receiveAt: ringsAt, sendBytes: 1024, receiveBytes: ringBytes }
const connection = 1
const ringAt = ringsAt + connection * ringBytes
const unwritten = 0xee
const full = 100

interface Sent {
  /** Position of the first payload byte in the stream. */
  readonly position: number
  readonly length?: number
  readonly port?: number
  readonly options?: number
  readonly flags?: number
  readonly window?: number
  readonly acknowledgment?: number
  readonly isDamaged?: boolean
  readonly isVouchedFor?: boolean
}

/** The stream is the same whoever sends what of it. */
const byteAt = (position: number) => (position * 31 + (position >> 8)) & 0xff
const payloadOf = ({ position, length = full }: Sent) =>
  Uint8Array.from({ length }, (_, offset) => byteAt(position + offset))

function frameOf(sent: Sent, virtioHeader: boolean): Uint8Array {
  const { position, length = full, port = 80, options = OptionBit.timestamps, flags = TcpFlag.ack } = sent
  const bench = new Bench()
  const record = segment({
    sourcePort: port,
    destinationPort: 4000,
    sequence: position,
    acknowledgment: sent.acknowledgment ?? 7,
    window: sent.window ?? 500,
    flags,
    options,
  })
  const frameBytes = bench.tcp(record, length, payloadOf(sent))
  const lead = virtioHeader ? virtioHeaderBytes : 0
  const frame = new Uint8Array(lead + frameBytes)
  if (virtioHeader && sent.isVouchedFor !== false) frame[0] = VirtioFlag.needsChecksum
  frame.set(bench.bytes.subarray(bench.frameAt, bench.frameAt + frameBytes), lead)
  if (sent.isDamaged) frame[frame.length - 1] = (frame.at(-1) as number) ^ 1
  return frame
}

interface Setting {
  /** What the state expects: undefined, where payload stays in slots. */
  readonly expects?: { readonly position?: number; readonly roomBytes?: number }
  readonly isCurrent?: boolean
  readonly virtioHeader?: boolean
  readonly coalesces?: boolean
  readonly scatters?: boolean
}

/** What one poll makes of frames: the requests, and the memory in which they are. */
function read(sent: readonly Sent[], setting: Setting = {}) {
  const { expects, isCurrent = true, virtioHeader = false, coalesces = true, scatters = true } = setting
  const region = openRegion(new SharedArrayBuffer(ringsAt + 2 * ringBytes))
  const { bytes, words } = region
  bytes.fill(unwritten)
  const frames = sent.map((each) => frameOf(each, virtioHeader))
  const capabilities = { frameBytes: frameLimit, virtioHeader, checksumOffload: virtioHeader }
  const device = holdFrames(bytes, frames, capabilities)
  const inPlace = expects && {
    buffers,
    expectSegment(into: ExpectedSegment) {
      const { position = 0, roomBytes = ringBytes } = expects
      Object.assign(into, { source: theirs, destination: ours, sourcePort: 80, destinationPort: 4000 })
      Object.assign(into, { sequence: position, headerBytes: 66, connection, position, roomBytes })
      return true
    },
  }
  const parts = { region, device, slotBytes, scatters, coalesces }
  const reader = new FrameReader(inPlace === undefined ? parts : { ...parts, inPlace })
  reader.begin(isCurrent)
  const slots: number[] = []
  for (;;) {
    const slot = (slots.length * slotBytes) / 4
    const before = slots.at(-1) ?? noSlot
    const length = reader.read(slot, before)
    if (length === 0) break
    if (reader.isMerged) continue
    for (const word of Object.values(HostArgument)) words[slot + word] = 0
    words[slot + SlotWord.length] = length
    reader.noteParts(slot, before)
    slots.push(slot)
  }
  const layout = { region, slotBytes, virtioHeader, buffers }
  const requests = slots.map((slot) => {
    const verdict = checkParts(layout, slot, true)
    const placedAt = words[slot + HostArgument.placedAt] as number
    const head = slot + SlotWord.head
    const payload = verdict === Verdict.accepted ? (words[head + HeaderWord.payloadLength] as number) : 0
    const from = readingAt(slot) + (words[head + HeaderWord.payloadOffset] as number)
    return {
      segments: 1 + (words[slot + HostArgument.merged] as number),
      isFollowed: words[slot + HostArgument.isFollowed] === 1,
      placedAt,
      verdict,
      position: words[head + HeaderWord.sequence] as number,
      port: words[head + HeaderWord.sourcePort] as number,
      payload: Uint8Array.from({ length: payload }, (_, offset) =>
        placedAt === 0
          ? (bytes[from + offset] as number)
          : (bytes[ringAt + ((placedAt - ringAt + offset) & (ringBytes - 1))] as number),
      ),
    }
  })
  return { requests, bytes }
}

const inRow = (count: number, first = 0): Sent[] =>
  Array.from({ length: count }, (_, index) => ({ position: first + index * full }))
const place = (position: number) => ringAt + (position & (ringBytes - 1))

describe.each<[string, Setting]>([
  ['in slots', {}],
  ['in slots, with a virtio-net header', { virtioHeader: true }],
  ['in the ring', { expects: {} }],
  ['in the ring, with a virtio-net header', { expects: {}, virtioHeader: true }],
])('segments of one connection in a row, %s', (_, setting) => {
  const sizes = (sent: readonly Sent[]) => read(sent, setting).requests.map(({ segments }) => segments)

  test('are one request, which has the payload of all', () => {
    const sent = inRow(5)
    const { requests } = read(sent, setting)
    expect(requests).toHaveLength(1)
    expect(requests[0]).toMatchObject({ segments: 5, verdict: Verdict.accepted, position: 0 })
    expect(requests[0]?.payload).toEqual(payloadOf({ position: 0, length: 500 }))
    expect(requests[0]?.placedAt).toBe(setting.expects === undefined ? 0 : place(0))
  })

  test('are a few for each request', () => {
    expect(sizes(inRow(20))).toEqual([mostSegments, mostSegments, 20 - 2 * mostSegments])
  })

  test.each<[string, Sent, number[]]>([
    ['one that is pushed ends it', { position: 200, flags: TcpFlag.ack | TcpFlag.psh }, [3, 1]],
    ['one that is shorter ends it', { position: 200, length: 40 }, [3, 1]],
    ['one that is longer does not belong to it', { position: 200, length: 120 }, [2, 2]],
    ['one with another window does not', { position: 200, window: 501 }, [2, 2]],
    ['one with another acknowledgment does not', { position: 200, acknowledgment: 8 }, [2, 1, 1]],
    ['one with a FIN does not', { position: 200, flags: TcpFlag.ack | TcpFlag.fin }, [2, 1, 1]],
    ['one of another connection does not', { position: 200, port: 81 }, [2, 1, 1]],
    ['one further on does not', { position: 900 }, [2, 1, 1]],
    ['one that is sent again does not', { position: 0 }, [2, 1, 1]],
  ])('%s', (_name, third, expected) => {
    const next = third.position + (third.length ?? full)
    const fourth: Sent = { position: third.position === 200 ? next : 300 }
    const [first, second] = inRow(2) as [Sent, Sent]
    const like = third.window === undefined ? {} : { window: third.window }
    expect(sizes([first, second, third, { ...fourth, ...like }])).toEqual(expected)
  })

  test('a request whose next segment is in another one says so', () => {
    const { requests } = read([...inRow(mostSegments + 2), { position: 5000 }], setting)
    expect(requests.map(({ isFollowed }) => isFollowed)).toEqual([true, false, false])
  })

  test('what is damaged is left out, with all behind it', () => {
    const [first, second, third] = inRow(3) as [Sent, Sent, Sent]
    const damaged = { isDamaged: true, isVouchedFor: false }
    expect(read([first, { ...second, ...damaged }, third], setting).requests[0]?.payload).toEqual(
      payloadOf(first),
    )
    const { requests } = read([{ ...first, ...damaged }, second], setting)
    expect(requests[0]?.verdict).toBe(Verdict.badChecksum)
  })

  test('where that is switched off, or frames are to be kept whole, each is a request', () => {
    const apart = (other: Setting) => read(inRow(4), { ...setting, ...other }).requests
    expect(apart({ coalesces: false }).map(({ isFollowed }) => isFollowed)).toEqual(Array(4).fill(false))
    expect(apart({ scatters: false }).map(({ isFollowed }) => isFollowed)).toEqual([true, true, true, false])
    expect(apart({ scatters: false }).every(({ placedAt }) => placedAt === 0)).toBe(true)
  })
})

describe('payload that is expected', () => {
  test('goes on at the start of the ring', () => {
    const position = 3 * ringBytes - 140
    const { requests } = read(inRow(3, position), { expects: { position } })
    expect(requests[0]).toMatchObject({ segments: 3, placedAt: place(position), verdict: Verdict.accepted })
    expect(requests[0]?.payload).toEqual(payloadOf({ position, length: 300 }))
  })

  test('is in its place also where it begins another request', () => {
    const { requests } = read(inRow(mostSegments + 1), { expects: {} })
    expect(requests[1]?.placedAt).toBe(place(mostSegments * full))
  })

  test.each<[string, Setting]>([
    ['the ring has no room for the largest frame', { expects: { roomBytes: frameLimit - 1 } }],
    ['a connection may have ended', { expects: {}, isCurrent: false }],
  ])('stays in its slot where %s', (_, setting) => {
    const { requests, bytes } = read(inRow(2), setting)
    expect(requests[0]).toMatchObject({ placedAt: 0, segments: 2 })
    expect(bytes.slice(ringAt, ringAt + ringBytes).every((byte) => byte === unwritten)).toBe(true)
  })

  test('is not put there any more in a poll that brought something else', () => {
    const { requests } = read([{ position: 0 }, { position: 900 }, { position: 1000 }], { expects: {} })
    expect(requests.map(({ placedAt }) => placedAt)).toEqual([place(0), 0])
  })

  test('with other headers than supposed is whole in its slot', () => {
    const options = OptionBit.timestamps | OptionBit.windowScale
    for (const other of [options, 0]) {
      const { requests } = read([{ position: 0, options: other }], { expects: {} })
      expect(requests[0]).toMatchObject({
        placedAt: 0,
        verdict: Verdict.accepted,
        payload: payloadOf({ position: 0 }),
      })
    }
  })
})

test('whatever comes, every payload is there as it was sent, and what the ring holds is not written', () => {
  const anySent = fc.record({
    position: fc.integer({ min: 0, max: 14 }).map((count) => count * full),
    length: fc.constantFrom(full, full, full, full, 40, 0, 300),
    port: fc.constantFrom(80, 80, 80, 80, 81),
    flags: fc.constantFrom(TcpFlag.ack, TcpFlag.ack, TcpFlag.ack, TcpFlag.ack | TcpFlag.psh),
  })
  const someInRow = fc.tuple(anySent, fc.integer({ min: 1, max: 5 })).map(([first, count]) =>
    Array.from({ length: count }, (_, index) => ({
      ...first,
      position: first.position + index * first.length,
    })),
  )
  const anyRuns = fc.array(someInRow, { maxLength: 4 }).map((runs) => runs.flat())
  const anyHeld = fc.integer({ min: 0, max: ringBytes })
  fc.assert(
    fc.property(anyRuns, anyHeld, fc.boolean(), fc.boolean(), (sent, held, isPlaced, virtioHeader) => {
      const roomBytes = ringBytes - held
      const { requests, bytes } = read(
        sent,
        isPlaced ? { expects: { roomBytes }, virtioHeader } : { virtioHeader },
      )
      expect(requests.reduce((sum, { segments }) => sum + segments, 0)).toBe(sent.length)
      // What was not read yet lies before position 0.
      for (let position = -held; position < 0; position++) expect(bytes[place(position)]).toBe(unwritten)
      let next = 0
      for (const { segments, payload, position, port } of requests) {
        const own = sent.slice(next, next + segments)
        next += segments
        expect({ position, port }).toEqual({ position: own[0]?.position, port: own[0]?.port })
        // What lies in the ring may be written again by a later frame with the same bytes of the stream.
        expect(payload).toEqual(Uint8Array.from(own.flatMap((each) => [...payloadOf(each)])))
      }
    }),
    { numRuns: 500 },
  )
})
