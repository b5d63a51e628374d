import { expect, test } from 'vitest'
import type { Device } from '../../device/device.ts'
import { ThreadCounter } from '../layout/thread-counters.ts'
import type { StrategyThread } from '../strategy.ts'
import { flushing } from './flushing-thread.ts'

const countersAt = 4

/** A thread and a device that write down what is called. */
function open(lost = 0) {
  const calls: string[] = []
  const thread: StrategyThread = {
    doWork: () => calls.push('work'),
    park: () => {
      calls.push('park')
    },
    isFinished: false,
    finish: () => {},
    microsUntilDeadline: () => 7,
  }
  const device: Device = {
    capabilities: { frameBytes: 1514, virtioHeader: false, checksumOffload: false },
    read: () => 0,
    write: () => true,
    flush: () => {
      calls.push('flush')
      return lost
    },
    wait: () => {},
    wake: () => {},
    close: () => {},
  }
  const words = new Int32Array(32)
  words[countersAt + ThreadCounter.framesOut] = 10
  return { calls, thread, device, words }
}

test('a round ends with a flush, and so does a sleep, in which the thread may have worked', () => {
  const { calls, thread, device, words } = open()
  const flushed = flushing(thread, device, words, countersAt)
  expect(flushed.doWork()).toBe(1)
  flushed.park(5)
  expect(calls).toEqual(['work', 'flush', 'park', 'flush'])
  expect(flushed.microsUntilDeadline(0)).toBe(7)
})

test('frames that a flush loses count as refused, and not as sent', () => {
  const { thread, device, words } = open(3)
  flushing(thread, device, words, countersAt).doWork()
  expect(words[countersAt + ThreadCounter.framesOut]).toBe(7)
  expect(words[countersAt + ThreadCounter.framesRefused]).toBe(3)
})

test('a device that sends at once leaves the thread as it is', () => {
  const { thread, device, words } = open()
  const { flush: _, ...atOnce } = device
  expect(flushing(thread, atOnce, words, countersAt)).toBe(thread)
})
