import { createDecipheriv } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { DeviceCapabilities } from '../../device/device.ts'
import { actionWords } from '../../dominoes/contract/action-queue.ts'
import { openRegion, type Region } from '../../dominoes/memory/region.ts'
import { createPayloadWork, type PayloadWorkKind } from '../../payload/payload-work.ts'
import { SegmentWord } from '../../protocol/actions.ts'
import { writeIpv4Mapped } from '../../wire/address.ts'
import { decodeFrame } from '../../wire/frame.ts'
import { Format, HeaderWord, OptionBit, TcpFlag, TcpWord, Verdict } from '../../wire/header.ts'
import { virtioHeaderBytes, virtioTrustsChecksum } from '../../wire/virtio.ts'
import { SegmentSender } from './segment-sender.ts'
import { KeptFrames } from './testing/kept-frames.ts'
import { DirectTransmitter } from './transmitter.ts'

const ringBytes = 4096
const buffers = { sendAt: 0, receiveAt: ringBytes, sendBytes: ringBytes, receiveBytes: ringBytes }
const transmitAt = 2 * ringBytes
/** Word offset of the thread's counters, behind all else. */
const countersAt = (60 * 1024) / 4
const headAt = (2 * ringBytes + 4096) / 4
const key = '000102030405060708090a0b0c0d0e0f'

const plain: DeviceCapabilities = { frameBytes: 1514, virtioHeader: false, checksumOffload: false }
const offload: DeviceCapabilities = { frameBytes: 1514, virtioHeader: true, checksumOffload: true }

function send(kind: PayloadWorkKind, position: number, payloadLength: number, capabilities = plain) {
  const region: Region = openRegion(new SharedArrayBuffer(64 * 1024))
  for (let k = 0; k < ringBytes; k++) region.bytes[k] = (k * 31) & 0xff
  const device = new KeptFrames(region, capabilities)
  const work = createPayloadWork(kind, region, Uint8Array.from(Buffer.from(key, 'hex')))
  const sender = new SegmentSender({
    region,
    buffers,
    transmitter: new DirectTransmitter(device, region.words, transmitAt, countersAt),
    work,
    etherHigh: 0x0200,
    etherLow: 1,
  })
  const record = new Int32Array(actionWords)
  writeIpv4Mapped(record, SegmentWord.ipSource, 0x0a000001)
  writeIpv4Mapped(record, SegmentWord.ipDestination, 0x0a000002)
  record[SegmentWord.sourcePort] = 4000
  record[SegmentWord.destinationPort] = 80
  record[SegmentWord.sequence] = -5
  record[SegmentWord.acknowledgment] = 77
  record[SegmentWord.flags] = TcpFlag.ack | TcpFlag.psh
  record[SegmentWord.window] = 1000
  record[SegmentWord.options] = OptionBit.timestamps
  record[SegmentWord.timestampValue] = 123
  record[SegmentWord.timestampEcho] = 456
  record[SegmentWord.payloadLength] = payloadLength
  record[SegmentWord.positionLow] = position
  sender.send(record, 0, transmitAt)
  const [{ at, bytes } = { at: 0, bytes: new Uint8Array() }] = device.frames
  const frameAt = at + (capabilities.virtioHeader ? virtioHeaderBytes : 0)
  const trusted = capabilities.virtioHeader && virtioTrustsChecksum(region.bytes, at)
  const length = bytes.length - (frameAt - at)
  const verdict = decodeFrame(region.bytes, frameAt, length, region.words, headAt, trusted)
  const head = (word: number) => region.words[headAt + word] as number
  const payloadAt = frameAt + head(HeaderWord.payloadOffset)
  const payload = region.bytes.slice(payloadAt, payloadAt + head(HeaderWord.payloadLength))
  const expected = Uint8Array.from(
    { length: payloadLength },
    (_, k) => (((position + k) % ringBytes) * 31) & 0xff,
  )
  return { verdict, head, payload, expected, trusted }
}

test('a segment’s fields stand in an action as the wire format takes them', () => {
  for (const [name, offset] of Object.entries(TcpWord)) {
    expect(SegmentWord[name as keyof typeof TcpWord]).toBe(SegmentWord.sourcePort + offset)
  }
})

describe.each<PayloadWorkKind>(['copy', 'checksum'])('payload work %s', (kind) => {
  test.each([
    ['aligned', 0, 1448],
    ['at an odd position', 13, 1448],
    ['across the ring’s end', ringBytes - 700, 1448],
    ['across the ring’s end at an odd byte', ringBytes - 701, 1447],
    ['one byte', 3, 1],
    ['no payload', 0, 0],
  ])('makes a frame that decodes: %s', (_, position, length) => {
    const { verdict, head, payload, expected } = send(kind, position, length)
    expect(verdict).toBe(Verdict.accepted)
    expect(head(HeaderWord.format)).toBe(Format.tcp)
    expect(head(HeaderWord.sequence)).toBe(-5)
    expect(head(HeaderWord.timestampEcho)).toBe(456)
    expect(payload).toEqual(expected)
  })
})

test('under the cipher what travels depends on the stream position alone', () => {
  const position = ringBytes - 700
  const { verdict, payload, expected } = send('cipher', position, 1448)
  expect(verdict).toBe(Verdict.accepted)
  const decipher = createDecipheriv('aes-128-ctr', Buffer.from(key, 'hex'), Buffer.alloc(16))
  decipher.update(Buffer.alloc(position))
  expect(Uint8Array.from(decipher.update(payload))).toEqual(expected)
})

test('a device with offloads is asked to complete the checksum when the work makes none', () => {
  const { verdict, trusted, payload, expected } = send('copy', 5, 1000, offload)
  expect(trusted).toBe(true)
  expect(verdict).toBe(Verdict.accepted)
  expect(payload).toEqual(expected)
})

test('and is given a complete one when the work makes it', () => {
  const { verdict, trusted } = send('checksum', 5, 1000, offload)
  expect(trusted).toBe(false)
  expect(verdict).toBe(Verdict.accepted)
})
