import { expect, test } from 'vitest'
import { amountOf } from './bytes-by-work.ts'

const sizes = { transferBytes: { checksum: 100, linux: 300 }, warmupBytes: { checksum: 20, linux: 30 } }

test('bytes go by payload work, or by the name of another stack', () => {
  expect(amountOf(sizes, { strategy: 'sequential', topology: 'tap', payloadWork: 'checksum' })).toEqual({
    warmup: 20,
    measured: 100,
  })
  expect(amountOf(sizes, { strategy: 'linux', topology: 'veth' })).toEqual({ warmup: 30, measured: 300 })
})

test('where offloads are on, there are so many times as many', () => {
  const settings = { ...sizes, offloadTimes: 8 }
  expect(amountOf(settings, { strategy: 'linux', topology: 'veth', offload: 'on' })).toEqual({
    warmup: 240,
    measured: 2400,
  })
  expect(amountOf(settings, { strategy: 'linux', topology: 'veth', offload: 'off' })).toEqual({
    warmup: 30,
    measured: 300,
  })
  expect(amountOf(sizes, { strategy: 'linux', topology: 'veth', offload: 'on' })).toEqual({
    warmup: 30,
    measured: 300,
  })
})
