import { expect, test } from 'vitest'
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
