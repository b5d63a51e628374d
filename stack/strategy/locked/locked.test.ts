import { expect, test } from 'vitest'
import type { Device } from '../../device/device.ts'
import { Channel } from '../../dominoes/channel/channel.ts'
import { planChannel } from '../../dominoes/channel/channel-layout.ts'
import { type Domain, noDeadline } from '../../dominoes/contract/domain.ts'
import { SlotWord } from '../../dominoes/contract/slot.ts'
import { Counters, planCounters } from '../../dominoes/memory/counters.ts'
import { RegionPlan } from '../../dominoes/memory/region.ts'
import type { Lock } from '../parts/lock.ts'
import { HostArgument } from '../parts/slot-frame.ts'
import { ActionRunner, EarlyFullQueue } from '../perform/action-runner.ts'
import { BatchSlots } from './batch-slots.ts'
import { Locked, lockedActionCapacity, lockedActions, lockedBatch } from './locked.ts'
import { OrderBoard, planOrderBoard } from './order-board.ts'

const slotBytes = 512

/** Has one action left to be emitted, which is performed when it may be. */
class LeftOver implements Domain {
  readonly actions: EarlyFullQueue
  isHeldUp = true
  #isLeft = true

  constructor(queue: EarlyFullQueue) {
    this.actions = queue
  }

  apply(): void {
    this.actions.push(1, 0)
    this.#isLeft = false
  }

  hasMore = () => this.#isLeft
  perform = () => !this.isHeldUp
  needsCheck = () => false
  check = () => 1
  resume() {}
  microsUntilDeadline = () => noDeadline
  digest = () => 0
  copyState() {}
}

test('what a thread sends for an earlier request is in its hands until it is sent: the next request is not passed before', () => {
  const plan = new RegionPlan()
  const channelLayout = planChannel(plan, { replicas: 1, slotCount: 16, slotBytes })
  const boardAt = planOrderBoard(plan, 1)
  const countersLayout = planCounters(plan, 1)
  const region = plan.allocate()
  const { words } = region
  const channel = new Channel(region, channelLayout, 0)
  const board = new OrderBoard(words, boardAt, 1)
  const counters = new Counters(region, countersLayout, 0)
  const queue = new EarlyFullQueue(lockedActionCapacity, lockedActions)
  const domain = new LeftOver(queue)
  const slots = new BatchSlots(
    { slotsWord: channelLayout.slotsWord, slotCount: lockedBatch + 1, slotBytes },
    channel,
    board,
  )
  const thread = new Locked({
    thread: 0,
    words,
    domain,
    queue,
    runner: new ActionRunner(domain, counters),
    source: { poll: () => 0, wait: () => {} },
    slots,
    channel,
    board,
    lock: { acquire: () => {}, release: () => {} } as Lock,
    counters,
    lockCounters: counters,
    clock: { nowMicros: () => 0 },
    device: {} as Device,
  })
  // Requests 0 … 4 are applied; the next may acknowledge what is about to be sent again.
  board.applied = 5
  thread.doWork()
  expect(thread.doWork()).toBe(0)
  expect(board.hasPassed(4)).toBe(false)
  domain.isHeldUp = false
  thread.doWork()
  expect(board.hasPassed(4)).toBe(true)
})

/** Notes the requests in the order in which they are applied, by their numbers; emits nothing. */
class Ordered implements Domain {
  readonly actions = new EarlyFullQueue(lockedActionCapacity, lockedActions)
  readonly applied: number[] = []
  readonly #words: Int32Array

  constructor(words: Int32Array) {
    this.#words = words
  }

  apply(slot: number): void {
    this.applied.push(this.#words[slot + SlotWord.arguments] as number)
  }

  hasMore = () => false
  perform = () => true
  needsCheck = () => false
  check = () => 1
  resume() {}
  microsUntilDeadline = () => noDeadline
  digest = () => 0
  copyState() {}
}

test.each([
  ['what the application posted waits for what it posted before', 1, [1, 2]],
  ['frames do not', 0, [2, 1]],
])('after a thread was preempted before it applied, %s', (_, isPosted, order) => {
  const plan = new RegionPlan()
  const channelLayout = planChannel(plan, { replicas: 1, slotCount: 64, slotBytes })
  const boardAt = planOrderBoard(plan, 2)
  const countersLayout = planCounters(plan, 2)
  const region = plan.allocate()
  const { words } = region
  const channel = new Channel(region, channelLayout, 0)
  const board = new OrderBoard(words, boardAt, 2)
  const domain = new Ordered(words)
  let now = 0
  let read = 0
  const open = (thread: number) => {
    const slotsWord = channelLayout.slotsWord + (thread * (lockedBatch + 1) * slotBytes) / 4
    const slots = new BatchSlots({ slotsWord, slotCount: lockedBatch + 1, slotBytes }, channel, board)
    const counters = new Counters(region, countersLayout, thread)
    const poll = () => {
      if (read === 2) return 0
      read += 1
      const slot = slots.slotAhead(0)
      words[slot + HostArgument.isPosted] = isPosted
      words[slot + SlotWord.arguments] = read
      slots.publish(1)
      return 1
    }
    return new Locked({
      thread,
      words,
      domain,
      queue: domain.actions,
      runner: new ActionRunner(domain, counters),
      source: { poll, wait: () => {} },
      slots,
      channel,
      board,
      lock: { acquire: () => {}, release: () => {} } as Lock,
      counters,
      lockCounters: counters,
      clock: { nowMicros: () => now },
      device: {} as Device,
    })
  }
  const [preempted, other] = [open(0), open(1)]
  preempted.doWork()
  for (now = 0; now < 20_000; now += 1000) other.doWork()
  for (let k = 0; k < 4; k++) preempted.doWork()
  for (let k = 0; k < 4; k++) other.doWork()
  expect(domain.applied).toEqual(order)
})
