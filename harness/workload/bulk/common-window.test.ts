import { expect, test } from 'vitest'
import { CommonWindow } from './common-window.ts'

interface Arriving {
  consumed: number
  readable: number
}

const arriving = (...bytes: number[]): Arriving[] => bytes.map((each) => ({ consumed: each, readable: each }))

test('shares are what arrived from the first warm connection to the first that has all', () => {
  const streams = arriving(0, 0, 0)
  const [fast, slow] = streams as [Arriving, Arriving, Arriving]
  const window = new CommonWindow(streams, 100)
  Object.assign(fast, { consumed: 99, readable: 150 })
  window.onProgress(99, 1)
  expect(window.opened).toBeUndefined()
  fast.consumed = 120
  Object.assign(slow, { consumed: 10, readable: 40 })
  window.onProgress(120, 2)
  // Later news of any connection does not move the beginning.
  window.onProgress(500, 3)
  expect(window.opened).toEqual({ at: 2, consumed: 130 })
  fast.readable = 1000
  slow.readable = 240
  window.onEnd()
  slow.readable = 1000
  window.onEnd()
  expect(window.shares).toEqual([850, 200, 0])
})

test('a connection that ends before any is warm, or that is alone, shares nothing', () => {
  const cold = new CommonWindow(arriving(5, 5), 100)
  cold.onProgress(5, 1)
  cold.onEnd()
  const alone = new CommonWindow(arriving(500), 100)
  alone.onProgress(500, 1)
  alone.onEnd()
  expect([cold.shares, alone.shares, alone.opened]).toEqual([null, null, undefined])
})
