import { expect, test } from 'vitest'
import { LocalSlots } from './local-slots.ts'

test('a request has passed once all that was filled was handled', () => {
  const slots = new LocalSlots(new Int32Array(4 * 32), { slotsWord: 0, slotCount: 4, slotBytes: 128 }, 0)
  const first = slots.indexAhead(0)
  const second = slots.indexAhead(1)
  expect([first, second].map((index) => slots.hasPassed(index))).toEqual([false, false])
  slots.publish(1)
  expect(slots.indexAhead(0)).toBe(second)
  slots.publish(1)
  expect([first, second].map((index) => slots.hasPassed(index))).toEqual([false, false])
  slots.clear()
  expect([first, second, slots.indexAhead(0)].map((index) => slots.hasPassed(index))).toEqual([
    true,
    true,
    false,
  ])
})
