import { expect, it } from 'vitest'
import { StallWatch } from './stall-watch.ts'

/** Two replicas; each step says when and where they are, and answers who stalls. */
function open() {
  let positions: readonly number[] = []
  const watch = new StallWatch({ positionOf: (replica) => positions[replica] as number }, 100)
  const at = (millis: number, ...now: number[]) => {
    positions = now
    return watch.stalled([0, 1], millis)
  }
  return { watch, at }
}

it('a replica that stands still while another is ahead stalls after the limit', () => {
  const { at } = open()
  at(0, 1, 1)
  at(10, 5, 5)
  expect(at(20, 9, 5)).toEqual([])
  expect(at(110, 30, 5)).toEqual([])
  expect(at(111, 30, 5)).toEqual([1])
  expect(at(120, 30, 6)).toEqual([])
})

it('replicas that all stand still do not stall, nor one that only others are behind', () => {
  const { at } = open()
  at(0, 1, 1)
  at(10, 5, 5)
  expect(at(500, 5, 5)).toEqual([])
  expect(at(501, 5, 6)).toEqual([])
  expect(at(560, 5, 6)).toEqual([])
  expect(at(601, 5, 6)).toEqual([0])
})

it('a replica that has not begun does not stall, however long its start takes', () => {
  const { watch, at } = open()
  at(0, 0, 0)
  at(10, 9, 0)
  expect(at(5000, 99, 0)).toEqual([])
  at(5010, 99, 3)
  expect(at(5200, 99, 3)).toEqual([1])
  watch.begin(1)
  expect(at(5300, 99, 3)).toEqual([])
  expect(at(9000, 99, 3)).toEqual([])
})

it('an excuse starts the time anew', () => {
  const { watch, at } = open()
  at(0, 1, 1)
  at(10, 5, 2)
  watch.excuse(150)
  expect(at(250, 5, 2)).toEqual([])
  expect(at(251, 5, 2)).toEqual([1])
})

it('positions wrap', () => {
  const { at } = open()
  at(0, 0x7ffffffe, 0x7ffffffe)
  at(10, -0x80000000, 0x7fffffff)
  expect(at(111, -0x80000000, 0x7fffffff)).toEqual([1])
})
