import { expect, test } from 'vitest'
import { EarlyFullQueue } from './action-runner.ts'

test('a queue is full after a few actions of one request, and not when the next begins', () => {
  const queue = new EarlyFullQueue(64, 2)
  queue.push(1, 10)
  expect(queue.isFull).toBe(false)
  queue.push(1, 11)
  expect(queue.isFull).toBe(true)
  queue.begin()
  expect(queue.isFull).toBe(false)
  expect(queue.count).toBe(2)
})

test('a queue that was cleared is empty for the next request too', () => {
  const queue = new EarlyFullQueue(64, 2)
  queue.push(1, 10)
  queue.begin()
  queue.clear()
  queue.push(1, 11)
  queue.push(1, 12)
  expect(queue.isFull).toBe(true)
})
