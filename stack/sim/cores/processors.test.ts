import { expect, test } from 'vitest'
import { Random } from '../../device/random.ts'
import { drawCosts, freeCosts } from './costs.ts'
import { Processors } from './processors.ts'
import { VirtualThread } from './virtual-thread.ts'

const costs = drawCosts(freeCosts())

function newThread(name: string, step: (thread: VirtualThread) => void): VirtualThread {
  const thread = new VirtualThread(name, costs, new Random(1))
  thread.body = { step }
  return thread
}

const busy = (thread: VirtualThread) => thread.spend(1000)

function runUntil(processors: Processors, nanos: number): void {
  while (processors.earliestNanos() < nanos) processors.step()
}

test('the thread whose time is earliest is stepped first', () => {
  const order: string[] = []
  const slow = newThread('slow', (thread) => {
    order.push('slow')
    thread.spend(300)
  })
  const fast = newThread('fast', (thread) => {
    order.push('fast')
    thread.spend(100)
  })
  const processors = new Processors(2, [slow, fast])
  for (let k = 0; k < 8; k++) processors.step()
  expect(order).toEqual(['slow', 'fast', 'fast', 'fast', 'slow', 'fast', 'fast', 'fast'])
})

test('threads beyond the number of processors share them fairly', () => {
  const threads = ['a', 'b', 'c'].map((name) => newThread(name, busy))
  const processors = new Processors(2, threads)
  runUntil(processors, 60e6)
  for (const { usedNanos } of threads) {
    expect(usedNanos).toBeGreaterThan(34e6)
    expect(usedNanos).toBeLessThan(46e6)
  }
})

test('one processor never runs two threads at the same time', () => {
  const spans: [number, number][] = []
  const noted = (thread: VirtualThread) => {
    const start = thread.clock
    thread.spend(1000)
    spans.push([start, thread.clock])
  }
  const processors = new Processors(1, [newThread('a', noted), newThread('b', noted)])
  for (let k = 0; k < 20_000; k++) processors.step()
  spans.sort((a, b) => a[0] - b[0])
  const overlaps = spans.filter(([start], k) => k > 0 && start < (spans[k - 1]?.[1] ?? 0))
  expect(overlaps).toEqual([])
})

test('a thread that wakes takes a processor from one that ran for long', () => {
  const sleeper = newThread('sleeper', (thread) => {
    thread.spend(500)
    thread.sleep(100_000)
  })
  const processors = new Processors(1, [newThread('busy', busy), sleeper])
  runUntil(processors, 60e6)
  // The sleeper begins awake, behind the busy thread; from its first sleep on it runs every time it wakes.
  expect(sleeper.usedNanos).toBeGreaterThan(0.9 * (57e6 / 103_000) * 500)
})

test('when all sleep for ever there is nothing to step', () => {
  const thread = newThread('asleep', (each) => each.sleep(Number.POSITIVE_INFINITY))
  const processors = new Processors(1, [thread])
  processors.step()
  expect(processors.step()).toBe(false)
})
