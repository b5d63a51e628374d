import { expect, it } from 'vitest'
import { StallWatch } from './stall-watch.ts'

/**
 * Two replicas that are watched without a gap; each step says from when on they are where, and answers who stalls then.
 * `resumeAt`: the same after a time in which nobody looked.
 */
function open() {
  let positions: readonly number[] = [0, 0]
  let clock = 0
  const watch = new StallWatch({ positionOf: (replica) => positions[replica] as number }, 100, 5)
  const look = (millis: number) => watch.stalled([0, 1], millis)
  const resumeAt = (millis: number, ...now: number[]) => {
    positions = now
    clock = millis
    return look(millis)
  }
  const at = (millis: number, ...now: number[]) => {
    for (; clock < millis; clock++) look(clock)
    return resumeAt(millis, ...now)
  }
  return { watch, at, resumeAt }
}

it('a replica that stands still while another is ahead stalls after the limit', () => {
  const { at } = open()
  at(0, 1, 1)
  at(10, 5, 5)
  expect(at(20, 9, 5)).toEqual([])
  expect(at(119, 30, 5)).toEqual([])
  expect(at(120, 30, 5)).toEqual([1])
  expect(at(130, 30, 6)).toEqual([])
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
  at(90, 5, 2)
  watch.excuse()
  expect(at(190, 5, 2)).toEqual([])
  expect(at(191, 5, 2)).toEqual([1])
})

it('a process that was stopped as a whole blames no replica for it', () => {
  const { at, resumeAt } = open()
  at(0, 1, 1)
  at(10, 5, 5)
  // The first look after it finds that one of them was quicker to begin again.
  expect(resumeAt(60_000, 6, 5)).toEqual([])
  expect(at(60_080, 6, 5)).toEqual([])
  expect(at(60_101, 6, 5)).toEqual([1])
})

it('positions wrap', () => {
  const { at } = open()
  at(0, 0x7ffffffe, 0x7ffffffe)
  at(10, -0x80000000, 0x7fffffff)
  expect(at(111, -0x80000000, 0x7fffffff)).toEqual([1])
})
