import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FrameParts } from '../../device/device.ts'
import { openRegion } from '../../dominoes/memory/region.ts'
import type { ExpectedSegment } from '../../protocol/tcp/expected-segment.ts'
import { OptionBit, TcpFlag } from '../../wire/header.ts'
import { Bench, ours, segment, theirs } from '../../wire/testing/frame-fixtures.ts'
import { VirtioFlag, virtioHeaderBytes } from '../../wire/virtio.ts'
import type { StreamBuffers } from '../layout/stream-buffers.ts'
import { InPlaceReader, type ScatteringDevice } from './in-place-reader.ts'

const frameLimit = 400
const ringBytes = 2048
const buffers: StreamBuffers = { sendAt: 0, receiveAt: 4096, sendBytes: 1024, receiveBytes: ringBytes }
const slotAt = 1024
const connection = 1
const ringAt = buffers.receiveAt + connection * ringBytes
const unwritten = 0xee
const headerBytes = 66

interface Sent {
  /** Position of the first payload byte in the stream. */
  readonly position: number
  readonly length: number
  readonly port?: number
  readonly options?: number
  readonly isVouchedFor?: boolean
}

/** The stream is the same whoever sends what of it. */
const byteAt = (position: number) => (position * 31 + (position >> 8)) & 0xff

function frameOf({ position, length, port = 80, options = OptionBit.timestamps, isVouchedFor = true }: Sent) {
  const bench = new Bench()
  const record = segment({
    sourcePort: port,
    destinationPort: 4000,
    sequence: position,
    flags: TcpFlag.ack,
    options,
  })
  const frameBytes = bench.tcp(record, length)
  const frame = new Uint8Array(virtioHeaderBytes + frameBytes)
  frame[0] = isVouchedFor ? VirtioFlag.needsChecksum : 0
  frame.set(bench.bytes.subarray(bench.frameAt, bench.frameAt + frameBytes), virtioHeaderBytes)
  for (let k = 0; k < length; k++) frame[frame.length - length + k] = byteAt(position + k)
  return frame
}

/** Reads frames in one poll, of which the first that is expected begins at `position`. */
function read(sent: readonly Sent[], { position = 0, roomBytes = ringBytes, isCurrent = true } = {}) {
  const region = openRegion(new SharedArrayBuffer(16_384))
  const { bytes } = region
  bytes.fill(unwritten)
  const waiting = sent.map(frameOf)
  const device: Pick<ScatteringDevice, 'capabilities' | 'read' | 'readParts'> = {
    capabilities: { frameBytes: frameLimit, virtioHeader: true, checksumOffload: true },
    read(at) {
      return this.readParts({ ...nowhere, at, length: virtioHeaderBytes + frameLimit })
    },
    readParts(parts) {
      const frame = waiting.shift() ?? new Uint8Array()
      scatter(bytes, frame, parts)
      return frame.length
    },
  }
  const reader = new InPlaceReader({
    region,
    device: device as ScatteringDevice,
    buffers,
    expectSegment(into: ExpectedSegment) {
      Object.assign(into, { source: theirs, destination: ours, sourcePort: 80, destinationPort: 4000 })
      Object.assign(into, { sequence: position, headerBytes, connection, position, roomBytes })
      return true
    },
  })
  reader.begin(isCurrent)
  const slots = sent.map(() => {
    const length = reader.read(slotAt, virtioHeaderBytes + frameLimit)
    return { placedAt: reader.placedAt, frame: bytes.slice(slotAt, slotAt + length) }
  })
  return { slots, bytes }
}

const nowhere: FrameParts = { at: 0, length: 0, bodyAt: 0, bodyLength: 0, restAt: 0, restLength: 0 }

function scatter(bytes: Uint8Array, frame: Uint8Array, parts: FrameParts): void {
  const { at, length, bodyAt, bodyLength, restAt, restLength } = parts
  expect(frame.length).toBeLessThanOrEqual(length + bodyLength + restLength)
  bytes.set(frame.subarray(0, length), at)
  bytes.set(frame.subarray(length, length + bodyLength), bodyAt)
  bytes.set(frame.subarray(length + bodyLength), restAt)
}

const place = (position: number) => ringAt + (position & (ringBytes - 1))

describe('a segment that is expected', () => {
  test('has its payload in the ring, and its headers in the slot', () => {
    const sent = { position: 700, length: 100 }
    const { slots, bytes } = read([sent], { position: 700 })
    expect(slots[0]?.placedAt).toBe(place(700))
    expect(slots[0]?.frame.slice(0, virtioHeaderBytes + headerBytes)).toEqual(
      frameOf(sent).slice(0, virtioHeaderBytes + headerBytes),
    )
    for (let k = 0; k < 100; k++) expect(bytes[place(700 + k)]).toBe(byteAt(700 + k))
  })

  test('goes on at the start of the ring', () => {
    const position = 3 * ringBytes - 40
    const { slots, bytes } = read([{ position, length: 100 }], { position })
    expect(slots[0]?.placedAt).toBe(ringAt + ringBytes - 40)
    for (let k = 0; k < 100; k++) expect(bytes[place(position + k)]).toBe(byteAt(position + k))
  })

  test('is followed by the next in the same poll', () => {
    const { slots } = read([
      { position: 0, length: 100 },
      { position: 100, length: 30 },
      { position: 130, length: 100 },
    ])
    expect(slots.map(({ placedAt }) => placedAt)).toEqual([place(0), place(100), place(130)])
  })
})

describe('any other frame is whole in its slot', () => {
  const expected = { position: 0, length: 100 }
  test.each<[string, Sent]>([
    ['one further on', { position: 200, length: 100 }],
    ['one that is sent again', { position: -100, length: 100 }],
    ['one of another connection', { position: 0, length: 100, port: 81 }],
    [
      'one with longer headers',
      { position: 0, length: 100, options: OptionBit.timestamps | OptionBit.windowScale },
    ],
    ['one with shorter headers', { position: 0, length: 100, options: 0 }],
    ['one that the device does not vouch for', { position: 0, length: 100, isVouchedFor: false }],
    ['one without payload', { position: 0, length: 0 }],
  ])('%s, and so are those after it', (_, other) => {
    const { slots } = read([other, expected])
    expect(slots).toEqual([
      { placedAt: 0, frame: frameOf(other) },
      { placedAt: 0, frame: frameOf(expected) },
    ])
  })

  test('also where its bytes went around the end of the ring', () => {
    const other = { position: 9000, length: 100 }
    expect(read([other], { position: ringBytes - 40 }).slots[0]?.frame).toEqual(frameOf(other))
  })

  test.each([
    ['the ring has no room for the largest frame', { roomBytes: frameLimit - 1 }],
    ['a connection may have ended', { isCurrent: false }],
  ])('%s', (_, state) => {
    const { slots, bytes } = read([expected], state)
    expect(slots[0]).toEqual({ placedAt: 0, frame: frameOf(expected) })
    expect(bytes.slice(ringAt, ringAt + ringBytes).every((byte) => byte === unwritten)).toBe(true)
  })
})

test('bytes of the ring that hold something are not written, whatever comes', () => {
  const anySent = fc.record({
    position: fc.integer({ min: 0, max: 12 }).map((count) => count * 100),
    length: fc.constantFrom(0, 100, 300),
    port: fc.constantFrom(80, 80, 80, 81),
    isVouchedFor: fc.constantFrom(true, true, true, false),
  })
  fc.assert(
    fc.property(
      fc.array(anySent, { maxLength: 12 }),
      fc.integer({ min: 0, max: ringBytes }),
      (sent, held) => {
        const { bytes } = read(sent, { roomBytes: ringBytes - held })
        // What was not read yet lies before position 0.
        for (let position = -held; position < 0; position++) expect(bytes[place(position)]).toBe(unwritten)
      },
    ),
  )
})
