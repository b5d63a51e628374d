import { expect, test } from 'vitest'
import { giveBack, SlotPool } from './slot-pool.ts'

const slotWords = 512

function make(count = 4) {
  const words = new Int32Array(new SharedArrayBuffer(slotWords * count * 4))
  return { words, pool: new SlotPool(words, 0, count, slotWords) }
}

function takeAll(pool: SlotPool): number[] {
  const taken: number[] = []
  for (let slot = pool.take(); slot >= 0; slot = pool.take()) taken.push(slot)
  return taken
}

test('every slot can be taken once, and the last one given is taken next', () => {
  const { pool } = make()
  expect(takeAll(pool).toSorted((a, b) => a - b)).toEqual([0, 512, 1024, 1536])
  pool.give(512)
  pool.give(1536)
  expect(pool.take()).toBe(1536)
})

test('a lent slot comes back when its borrower is done, not before', () => {
  const { pool, words } = make()
  const [first = -1, second = -1] = takeAll(pool)
  pool.lend(first)
  pool.lend(second)
  expect(pool.take()).toBe(-1)
  giveBack(words, first)
  expect(takeAll(pool)).toEqual([first])
  giveBack(words, second)
  expect(takeAll(pool)).toEqual([second])
})

test('a slot of another pool is not its own', () => {
  const { pool } = make()
  expect([pool.owns(0), pool.owns(slotWords * 4)]).toEqual([true, false])
})

test('some slots are kept back from frames, which others may have for long', () => {
  const { pool, words } = make(10)
  const lent: number[] = []
  while (pool.hasSpare()) {
    const slot = pool.take()
    pool.lend(slot)
    lent.push(slot)
  }
  expect(lent).toHaveLength(2)
  giveBack(words, lent[0] as number)
  expect(pool.hasSpare()).toBe(true)
  expect(takeAll(pool)).toHaveLength(9)
})
