import { expect, test } from 'vitest'
import { RegionPlan } from '../../dominoes/memory/region.ts'
import { OrderBoard, planOrderBoard } from './order-board.ts'

function boardFor(threads: number): OrderBoard {
  const plan = new RegionPlan()
  const at = planOrderBoard(plan, threads)
  return new OrderBoard(plan.allocate().words, at, threads)
}

test('batches have their turns in the order in which they were read', () => {
  const board = boardFor(3)
  for (const thread of [2, 0, 1]) board.takeTicket(thread, false)
  expect([0, 1, 2].map((thread) => board.isTurnOf(thread))).toEqual([false, false, true])
  board.endTurn(2)
  expect([0, 1].map((thread) => board.isTurnOf(thread))).toEqual([true, false])
  board.endTurn(0)
  expect(board.isTurnOf(1)).toBe(true)
})

test('a batch that was overtaken keeps nobody waiting but those after it', () => {
  const board = boardFor(2)
  board.takeTicket(0, false)
  board.takeTicket(1, false)
  board.endTurn(1)
  board.takeTicket(1, false)
  expect(board.isTurnOf(0)).toBe(true)
  expect(board.isTurnOf(1)).toBe(false)
})

test('a request is passed when no thread performs actions of it, or of any before', () => {
  const board = boardFor(2)
  board.startPerforming(0, 5)
  board.startPerforming(1, 9)
  expect([4, 5, 9].map((index) => board.hasPassed(index))).toEqual([true, false, false])
  board.donePerforming(0)
  expect([5, 8, 9].map((index) => board.hasPassed(index))).toEqual([true, true, false])
  board.donePerforming(1)
  expect(board.hasPassed(9)).toBe(true)
})

test('indices compare across the wrap', () => {
  const board = boardFor(1)
  board.startPerforming(0, -(2 ** 31))
  expect(board.hasPassed(2 ** 31 - 1)).toBe(true)
  expect(board.hasPassed(-(2 ** 31))).toBe(false)
})

test('a batch is done when it was applied, all of it, and its actions were performed', () => {
  const board = boardFor(2)
  const ticket = board.nextTicket
  expect(board.isBatchDone(ticket)).toBe(false)
  board.takeTicket(1, false)
  expect(board.isBatchDone(ticket)).toBe(false)
  board.startPerforming(1, 1)
  board.donePerforming(1)
  expect(board.isBatchDone(ticket)).toBe(false)
  board.startPerforming(1, 2)
  board.endTurn(1)
  expect(board.isBatchDone(ticket)).toBe(false)
  board.donePerforming(1)
  expect(board.isBatchDone(ticket)).toBe(true)
  board.takeTicket(1, false)
  expect(board.isBatchDone(ticket)).toBe(true)
})

test('what the application posted is not overtaken by what it posted later; frames overtake, and are overtaken', () => {
  const board = boardFor(4)
  board.takeTicket(0, true)
  board.takeTicket(1, false)
  board.takeTicket(2, true)
  board.takeTicket(3, false)
  expect([1, 2, 3].map((thread) => board.isTurnOf(thread))).toEqual([false, false, false])
  expect([0, 1, 2, 3].map((thread) => board.mayOvertake(thread))).toEqual([true, true, false, true])
  board.endTurn(0)
  expect(board.isTurnOf(2)).toBe(false)
  expect(board.mayOvertake(2)).toBe(true)
})
