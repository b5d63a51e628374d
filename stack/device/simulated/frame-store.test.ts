import { expect, test } from 'vitest'
import { Random } from '../random.ts'
import { FrameStore } from './frame-store.ts'

const source = Uint8Array.from({ length: 256 }, (_, at) => at)
const target = new Uint8Array(256)

/** Stores a frame of one byte that names it. */
function put(store: FrameStore, name: number, due: number, keepsOrder = false): boolean {
  return store.put(source, name, 1, due, keepsOrder)
}

function takeName(store: FrameStore): number {
  expect(store.take(target, 0, 256)).toBe(1)
  return target[0] as number
}

function names(store: FrameStore): number[] {
  const all: number[] = []
  while (store.count > 0) all.push(takeName(store))
  return all
}

test('frames come out by due time and then in the order they were put', () => {
  const store = new FrameStore(8, 16)
  for (const [name, due] of [
    [1, 30],
    [2, 10],
    [3, 20],
    [4, 10],
    [5, 30],
  ] as const) {
    put(store, name, due)
  }
  expect(names(store)).toEqual([2, 4, 3, 1, 5])
})

test('due times compare across the wrap of 32 bits', () => {
  const store = new FrameStore(4, 16)
  put(store, 1, 0x80000001)
  put(store, 2, 0x7fffffff)
  expect(store.isDue(0x7ffffffe)).toBe(false)
  expect(store.isDue(0x7fffffff)).toBe(true)
  expect(names(store)).toEqual([2, 1])
})

test('a frame that keeps its order waits for those before it, another does not', () => {
  const store = new FrameStore(4, 16)
  put(store, 1, 50, true)
  put(store, 2, 40, true)
  put(store, 3, 45, false)
  expect(names(store)).toEqual([3, 1, 2])
})

test('a full store and a frame that is too long are refused, and room comes back', () => {
  const store = new FrameStore(2, 16)
  expect(store.put(source, 0, 17, 0, false)).toBe(false)
  expect(put(store, 1, 0)).toBe(true)
  expect(put(store, 2, 0)).toBe(true)
  expect(put(store, 3, 0)).toBe(false)
  expect(takeName(store)).toBe(1)
  expect(put(store, 4, 0)).toBe(true)
  expect(names(store)).toEqual([2, 4])
})

test('a take copies no more than its limit', () => {
  const store = new FrameStore(2, 16)
  store.put(source, 10, 8, 0, false)
  target.fill(0)
  expect(store.take(target, 5, 3)).toBe(3)
  expect([...target.subarray(4, 9)]).toEqual([0, 10, 11, 12, 0])
})

test('random puts and takes agree with a sorted list', () => {
  const random = new Random(11)
  const store = new FrameStore(32, 16)
  const model: { name: number; due: number; order: number }[] = []
  for (let step = 0; step < 5000; step++) {
    if (random.chance(0.5)) {
      const name = random.below(256)
      const due = random.below(50)
      const isStored = put(store, name, due)
      expect(isStored).toBe(model.length < 32)
      if (isStored) model.push({ name, due, order: step })
    } else if (model.length > 0) {
      model.sort((a, b) => a.due - b.due || a.order - b.order)
      const first = model.shift()
      expect(store.firstDue).toBe(first?.due)
      expect(takeName(store)).toBe(first?.name)
    }
  }
})
