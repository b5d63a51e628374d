import { describe, expect, test } from 'vitest'
import type { StrategyOption } from '../strategy/options.ts'
import { strategyOf } from '../strategy/strategies.ts'
import { resolveOptions, type StackOptions } from './options.ts'

const options: StackOptions = {
  strategy: { kind: 'sequential' },
  device: {
    kind: 'tap',
    name: 'tap0',
    descriptor: 3,
    capabilities: { frameBytes: 1514, virtioHeader: false, checksumOffload: false },
  },
  address: '10.77.0.1/24',
}

test('the packet size follows from the device', () => {
  expect(resolveOptions(options).machine.mtuBytes).toBe(1500)
  expect(resolveOptions({ ...options, mtuBytes: 1280 }).machine.mtuBytes).toBe(1280)
})

test('a hardware address is made from the IPv4 address', () => {
  const { machine } = resolveOptions(options)
  expect([machine.etherHigh, machine.etherLow]).toEqual([0x0200, 0x0a4d0001])
})

test.each(['10.77.0.1', '10.77.0.1/33', '10.77.0/24', 'host/24', ''])(
  'the address %o is refused by name',
  (address) => {
    expect(() => resolveOptions({ ...options, address })).toThrow(RangeError)
  },
)

test.each([4, 12, 131_072])('a channel of %i slots is refused', (slotCount) => {
  expect(() => resolveOptions({ ...options, slotCount })).toThrow(/slotCount must be a power of two/)
})

test.each([1, 3, -2])('a digest every %i requests is refused', (digestStride) => {
  expect(() => resolveOptions({ ...options, digestStride })).toThrow(/digestStride must be 0 or/)
})

test('factors that exclude each other are refused', () => {
  const strategy = { kind: 'replicated', replicas: 2, claim: 'request', chunk: 4 } as const
  expect(() => resolveOptions({ ...options, strategy })).toThrow(/chunk must be 1/)
})

test('a reader for each queue is refused on a device with one', () => {
  const strategy = { kind: 'replicated', replicas: 2, reader: 'per-queue' } as const
  expect(() => resolveOptions({ ...options, strategy })).toThrow(/needs a queue for each/)
})

describe('room for connections', () => {
  const replicated = { ...options, strategy: { kind: 'replicated', replicas: 2 } } as const
  const layoutOf = (more: Partial<StackOptions>) => {
    const parameters = resolveOptions({ ...replicated, ...more })
    return strategyOf(parameters).plan(parameters)
  }

  test('a thousand connections by default, in less than half a gibibyte', () => {
    expect(resolveOptions(options).machine).toMatchObject({
      connectionCount: 1024,
      sendBufferBytes: 2 ** 17,
      receiveBufferBytes: 2 ** 17,
    })
    expect(layoutOf({}).sizeBytes).toBeLessThan(2 ** 29)
  })

  test.each<StrategyOption>([
    { kind: 'sequential' },
    { kind: 'replicated', replicas: 2 },
    { kind: 'replicated', replicas: 1, maximumReplicas: 4 },
    { kind: 'locked', workers: 2 },
    { kind: 'sharded', workers: 2 },
    { kind: 'pipelined', workers: 3 },
  ])('4096 connections when asked, at offsets below 2^31, by %o', (strategy) => {
    expect(layoutOf({ strategy, connectionCount: 4096 }).sizeBytes).toBeLessThan(2 ** 31)
  })

  test.each<StrategyOption>([
    { kind: 'sequential' },
    { kind: 'replicated', replicas: 8 },
    { kind: 'locked', workers: 8 },
    { kind: 'sharded', workers: 8 },
    { kind: 'pipelined', workers: 8 },
  ])('2048 connections with large send buffers, by %o', (strategy) => {
    const buffers = { sendBufferBytes: 2 ** 18, receiveBufferBytes: 2 ** 15 }
    expect(layoutOf({ strategy, connectionCount: 2048, ...buffers }).sizeBytes).toBeLessThan(2 ** 31)
  })

  test.each([
    [2 ** 16, 256],
    [2 ** 17, 256],
    [2 ** 19, 1024],
    [2 ** 21, 4096],
    [2 ** 23, 4096],
  ])(
    'with a send buffer of %i bytes, %i segments of a connection are kept track of',
    (sendBufferBytes, count) => {
      expect(resolveOptions({ ...options, sendBufferBytes }).machine.segmentCount).toBe(count)
    },
  )

  test.each([0, 1.5, -1, 65_536, Number.NaN])(
    'a connectionCount of %d is refused by name',
    (connectionCount) => {
      expect(() => resolveOptions({ ...options, connectionCount })).toThrow(/connectionCount must be/)
    },
  )

  test.each([0, 1000, 1024, 2 ** 31, 2.5])('buffers of %d bytes are refused by name', (bytes) => {
    expect(() => resolveOptions({ ...options, sendBufferBytes: bytes })).toThrow(/sendBufferBytes must be/)
    expect(() => resolveOptions({ ...options, receiveBufferBytes: bytes })).toThrow(
      /receiveBufferBytes must be/,
    )
  })

  test('what does not fit is refused before any memory is asked for, with the options that would make it fit', () => {
    const tooMuch = { connectionCount: 4096, sendBufferBytes: 2 ** 21, receiveBufferBytes: 2 ** 21 }
    expect(() => layoutOf(tooMuch)).toThrow(RangeError)
    expect(() => layoutOf(tooMuch)).toThrow(/lower connectionCount, sendBufferBytes or receiveBufferBytes/)
  })
})

test('a capture is bounded: what it keeps of a frame, and what a thread holds of it', () => {
  for (const captureSnapBytes of [0, 63, 65_550, 96.5, Number.NaN])
    expect(() => resolveOptions({ ...options, captureSnapBytes })).toThrow(/captureSnapBytes must be 64 to/)
  for (const captureBufferBytes of [-1, 2 ** 29, 0.5, Number.NaN])
    expect(() => resolveOptions({ ...options, captureBufferBytes })).toThrow(
      /captureBufferBytes must be 0 to/,
    )
  const kept = { captureSnapBytes: 128, captureBufferBytes: 0 }
  expect(resolveOptions({ ...options, ...kept })).toMatchObject(kept)
})
