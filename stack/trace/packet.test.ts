import { describe, expect, test } from 'vitest'
import { TcpFlag } from '../wire/header.ts'
import { Bench } from '../wire/testing/frame-fixtures.ts'
import { PacketDecoder } from './packet.ts'
import { frameMaker } from './testing/frames.ts'

const decoder = new PacketDecoder()
const frame = frameMaker({ client: -10, server: 2 ** 31 - 1 })

test('headers without payload are enough: lengths come from the IP header', () => {
  const record = frame({
    from: 'client',
    micros: 0,
    sequence: 5,
    acknowledgment: 1,
    length: 1400,
    window: 77,
    timestamps: [1, 2],
    sack: [
      [10, 20],
      [30, 40],
    ],
  })
  expect(record.bytes.length).toBe(record.frameLength - 1400)
  expect(decoder.decode(record)).toEqual({
    source: { address: '10.0.0.1', port: 40_000 },
    destination: { address: '10.0.0.2', port: 80 },
    sequence: -5,
    acknowledgment: -(2 ** 31),
    flags: TcpFlag.ack,
    window: 77,
    payloadLength: 1400,
    windowScale: undefined,
    timestamps: { value: 1, echo: 2 },
    sack: [
      [-(2 ** 31) + 9, -(2 ** 31) + 19],
      [-(2 ** 31) + 29, -(2 ** 31) + 39],
    ],
  })
})

test('padding of a short frame is no payload', () => {
  const { bytes, frameLength } = frame({ from: 'client', micros: 0, sequence: 1, acknowledgment: 1 })
  const padded = new Uint8Array(60)
  padded.set(bytes)
  expect(frameLength).toBe(54)
  expect(decoder.decode({ bytes: padded, frameLength: 60 })).toMatchObject({ payloadLength: 0 })
})

describe('refused', () => {
  const whole = frame({
    from: 'client',
    micros: 0,
    sequence: 1,
    acknowledgment: 1,
    length: 9,
    timestamps: [1, 2],
  })

  test.each([0, 13, 20, 33, 40, 53, 60, 65])('%i bytes of a frame, which cut its headers', (length) => {
    expect(decoder.decode({ ...whole, bytes: whole.bytes.subarray(0, length) })).toBe('cutHeaders')
  })

  test('a fragment, another protocol, another ethertype', () => {
    const fragment = whole.bytes.slice()
    fragment[20] = 0x20
    fragment[24] = (fragment[24] as number) + 0x20
    expect(decoder.decode({ ...whole, bytes: fragment })).toBe('notTcp')
    const bench = new Bench()
    const of = (length: number) => ({
      bytes: bench.bytes.slice(bench.frameAt, bench.frameAt + length),
      frameLength: length,
    })
    expect(decoder.decode(of(bench.udp(100)))).toBe('notTcp')
    expect(decoder.decode(of(bench.arp()))).toBe('notTcp')
  })

  test('a length that the frame does not have, a header that does not add up', () => {
    const damaged = whole.bytes.slice()
    damaged[46] = 0x10
    expect(decoder.decode({ ...whole, bytes: damaged, frameLength: whole.bytes.length })).toBe('malformed')
  })
})
