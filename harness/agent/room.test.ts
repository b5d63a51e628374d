import { expect, test } from 'vitest'
import type { ApplicationOptions } from '../workload/stack-side.ts'
import { roomFor } from './room.ts'

const options = {
  coalesceMillis: 4,
  connectionCount: 64,
  sendBufferBytes: 2 ** 23,
  receiveBufferBytes: 2 ** 20,
} as const

const memoryOf = ({
  connectionCount = 0,
  sendBufferBytes = 0,
  receiveBufferBytes = 0,
}: ApplicationOptions): number => connectionCount * (sendBufferBytes + receiveBufferBytes)

test.each([undefined, 1, 32])('%s connections have what the workload chose', (connections) => {
  expect(roomFor(options, connections)).toEqual(options)
})

test.each([
  [33, 2 ** 22, 2 ** 19],
  [64, 2 ** 22, 2 ** 19],
  [256, 2 ** 20, 2 ** 17],
  [1024, 2 ** 18, 2 ** 15],
])('%i connections share the same memory, with places for those before', (connections, send, receive) => {
  const room = roomFor(options, connections)
  expect(room).toEqual({
    coalesceMillis: 4,
    connectionCount: 2 * connections,
    sendBufferBytes: send,
    receiveBufferBytes: receive,
  })
  expect(memoryOf(room)).toBeLessThanOrEqual(memoryOf(options))
})

test('what a workload leaves to the stack, it is left', () => {
  expect(roomFor({ connectionCount: 16 }, 1024)).toEqual({ connectionCount: 2048 })
  expect(roomFor({ coalesceMillis: 1 }, 8)).toEqual({ coalesceMillis: 1 })
})
