import { beforeEach, expect, test } from 'vitest'
import { openRegion } from '../dominoes/memory/region.ts'
import { Request } from '../protocol/requests.ts'
import { unspecifiedAddress } from '../wire/address.ts'
import { Stream } from './stream.ts'

const ringBytes = 64

let posted: [number, number, number][]
let passedBefore: number
let stream: Stream

beforeEach(() => {
  posted = []
  passedBefore = Number.POSITIVE_INFINITY
  const region = openRegion(new SharedArrayBuffer(4 * ringBytes))
  const buffers = { sendAt: 0, receiveAt: 2 * ringBytes, sendBytes: ringBytes, receiveBytes: ringBytes }
  const port = {
    post: (kind: number, connection: number, position: number) => posted.push([kind, connection, position]),
    hasPassed: (index: number) => index < passedBefore,
  }
  stream = new Stream(region, buffers, port, {
    id: 0x10001,
    index: 1,
    remoteAddress: unspecifiedAddress,
    remotePort: 0,
  })
})

const bytes = (length: number, first = 0) => Uint8Array.from({ length }, (_, k) => first + k)

test('writing takes what there is room for, and posts how far it came', () => {
  expect(stream.write(bytes(40))).toBe(40)
  expect(stream.write(bytes(40))).toBe(24)
  expect(stream.write(bytes(1))).toBe(0)
  expect(posted).toEqual([
    [Request.send, 0x10001, 40],
    [Request.send, 0x10001, 64],
  ])
})

test('a window ends where the ring ends', () => {
  stream.write(bytes(50))
  stream.onAcknowledged(50, 1)
  expect(stream.writeWindow(64).length).toBe(14)
  stream.commitWrite(14)
  expect(stream.writeWindow(64).length).toBe(50)
})

test('acknowledged room is free once every replica has passed all before the acknowledgment', () => {
  stream.write(bytes(64))
  passedBefore = 6
  stream.onAcknowledged(30, 7)
  expect(stream.writableBytes).toBe(0)
  expect(stream.isFreeing).toBe(true)
  passedBefore = 7
  expect(stream.free()).toBe(true)
  expect(stream.writableBytes).toBe(30)
  expect(stream.isFreeing).toBe(false)
})

test('acknowledgments that come while one is held up are freed after it', () => {
  stream.write(bytes(64))
  passedBefore = 5
  stream.onAcknowledged(10, 6)
  stream.onAcknowledged(20, 9)
  passedBefore = 6
  expect(stream.free()).toBe(true)
  expect(stream.writableBytes).toBe(10)
  passedBefore = 9
  expect(stream.free()).toBe(true)
  expect(stream.writableBytes).toBe(20)
})

test('an acknowledgment told twice frees once', () => {
  stream.write(bytes(64))
  stream.onAcknowledged(30, 1)
  stream.onAcknowledged(30, 2)
  expect(stream.writableBytes).toBe(30)
})

test('reading gives room back by position', () => {
  stream.onReadable(20)
  expect(stream.readableBytes).toBe(20)
  expect(stream.readWindow(8).length).toBe(8)
  stream.consume(8)
  expect(stream.readableBytes).toBe(12)
  expect(posted).toEqual([[Request.read, 0x10001, 8]])
})

test('positions go on past 32 bits', () => {
  const gigabytes = 2 ** 32 - 16
  stream.readable = gigabytes
  stream.consumed = gigabytes
  stream.onReadable((gigabytes + 32) | 0)
  expect(stream.readable).toBe(2 ** 32 + 16)
  expect(stream.readableBytes).toBe(32)
})
