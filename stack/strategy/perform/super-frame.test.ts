/** Super-frames: one action, many segments, cut by the device or by whoever performs the action. */
import { expect, test } from 'vitest'
import type { DeviceCapabilities } from '../../device/device.ts'
import { actionWords } from '../../dominoes/contract/action-queue.ts'
import { openRegion, type Region } from '../../dominoes/memory/region.ts'
import { createPayloadWork, type PayloadWorkKind } from '../../payload/payload-work.ts'
import { SegmentWord } from '../../protocol/actions.ts'
import { writeIpv4Mapped } from '../../wire/address.ts'
import { decodeFrame } from '../../wire/frame.ts'
import { HeaderWord, OptionBit, TcpFlag, Verdict } from '../../wire/header.ts'
import { VirtioSegmentation, virtioHeaderBytes, virtioTrustsChecksum } from '../../wire/virtio.ts'
import { SegmentSender } from './segment-sender.ts'
import { KeptFrames } from './testing/kept-frames.ts'
import { DirectTransmitter } from './transmitter.ts'

const ringBytes = 16 * 1024
const buffers = { sendAt: 0, receiveAt: ringBytes, sendBytes: ringBytes, receiveBytes: ringBytes }
const transmitAt = 2 * ringBytes
const readAt = 128 * 1024
const headAt = (224 * 1024) / 4
const countersAt = (240 * 1024) / 4
const cutBytes = 1448
const payloadLength = 5000
/** Of the first byte's place in the TCP sequence space. */
const sequence = -5

const plain: DeviceCapabilities = { frameBytes: 1514, virtioHeader: false, checksumOffload: false }
const cutting: DeviceCapabilities = {
  frameBytes: 65_549,
  virtioHeader: true,
  checksumOffload: true,
  segmentationOffload: true,
}

function send(kind: PayloadWorkKind, position: number, capabilities: DeviceCapabilities) {
  const region = openRegion(new SharedArrayBuffer(256 * 1024))
  for (let k = 0; k < ringBytes; k++) region.bytes[k] = (k * 31 + (k >> 8)) & 0xff
  const device = new KeptFrames(region, capabilities)
  const transmitter = new DirectTransmitter(device, region.words, transmitAt, countersAt)
  const arePartial: boolean[] = []
  const transmit = transmitter.transmit.bind(transmitter)
  transmitter.transmit = (at: number, length: number, hasMore = false) => {
    arePartial.push(hasMore)
    transmit(at, length)
  }
  const sender = new SegmentSender({
    region,
    buffers,
    transmitter,
    work: createPayloadWork(kind, region),
    etherHigh: 0x0200,
    etherLow: 1,
  })
  const record = new Int32Array(actionWords)
  writeIpv4Mapped(record, SegmentWord.ipSource, 0x0a000001)
  writeIpv4Mapped(record, SegmentWord.ipDestination, 0x0a000002)
  record[SegmentWord.sequence] = sequence
  record[SegmentWord.flags] = TcpFlag.ack | TcpFlag.psh | TcpFlag.fin
  record[SegmentWord.options] = OptionBit.timestamps
  record[SegmentWord.payloadLength] = payloadLength
  record[SegmentWord.cutBytes] = cutBytes
  record[SegmentWord.positionLow] = position | 0
  sender.send(record, 0, transmitAt)
  return { region, frames: device.frames.map(({ bytes }) => bytes), arePartial }
}

/** What a receiver makes of a frame. */
function decode(region: Region, frame: Uint8Array, hasHeader: boolean) {
  const frameAt = readAt + (hasHeader ? virtioHeaderBytes : 0)
  region.bytes.set(frame, readAt)
  const trusted = hasHeader && virtioTrustsChecksum(region.bytes, readAt)
  const length = frame.length - (frameAt - readAt)
  const verdict = decodeFrame(region.bytes, frameAt, length, region.words, headAt, trusted)
  expect(verdict).toBe(Verdict.accepted)
  const head = (word: number) => region.words[headAt + word] as number
  const payloadAt = frameAt + head(HeaderWord.payloadOffset)
  return {
    sequence: head(HeaderWord.sequence),
    flags: head(HeaderWord.flags),
    payload: region.bytes.slice(payloadAt, payloadAt + head(HeaderWord.payloadLength)),
  }
}

const works: PayloadWorkKind[] = ['none', 'copy', 'checksum', 'cipher']

test.each(works)('is cut into segments where the device cannot: payload work %s', (kind) => {
  const { region, frames } = send(kind, 13, plain)
  const segments = frames.map((frame) => decode(region, frame, false))
  expect(segments.map(({ payload }) => payload.length)).toEqual([1448, 1448, 1448, 656])
  expect(segments.map((each) => each.sequence)).toEqual([0, 1, 2, 3].map((k) => sequence + k * cutBytes))
  const last = TcpFlag.ack | TcpFlag.psh | TcpFlag.fin
  expect(segments.map(({ flags }) => flags)).toEqual([TcpFlag.ack, TcpFlag.ack, TcpFlag.ack, last])
})

test.each(works)('is one frame for a device that cuts: payload work %s', (kind) => {
  const { region, frames } = send(kind, 13, cutting)
  expect(frames).toHaveLength(1)
  const [frame = new Uint8Array()] = frames
  const header = new DataView(frame.buffer, frame.byteOffset, virtioHeaderBytes)
  expect(header.getUint8(1)).toBe(VirtioSegmentation.tcpIpv4)
  // Ethernet, IPv4, TCP with timestamps.
  expect(header.getUint16(2, true)).toBe(14 + 20 + 32)
  expect(header.getUint16(4, true)).toBe(cutBytes)
  expect(header.getUint16(6, true)).toBe(14 + 20)
  const whole = decode(region, frame, true)
  expect(whole.payload).toHaveLength(payloadLength)
  expect(whole.sequence).toBe(sequence)
})

test('its pieces say that more come, all but the last', () => {
  expect(send('checksum', 13, plain).arePartial).toEqual([true, true, true, false])
  expect(send('checksum', 13, cutting).arePartial).toEqual([false])
})

test.each(works)('has the same bytes either way, also where positions pass 2^32: payload work %s', (kind) => {
  for (const position of [0, 13, ringBytes - 700, 2 ** 32 - 2000]) {
    const cut = send(kind, position, plain)
    const pieces = cut.frames.map((frame) => Buffer.from(decode(cut.region, frame, false).payload))
    const whole = send(kind, position, cutting)
    const [frame = new Uint8Array()] = whole.frames
    expect(Buffer.concat(pieces).equals(decode(whole.region, frame, true).payload)).toBe(true)
  }
})
