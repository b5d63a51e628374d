import { expect, test } from 'vitest'
import type { Device } from '../../device/device.ts'
import { Channel } from '../../dominoes/channel/channel.ts'
import { planChannel } from '../../dominoes/channel/channel-layout.ts'
import { type Domain, noDeadline } from '../../dominoes/contract/domain.ts'
import { Counters, planCounters } from '../../dominoes/memory/counters.ts'
import { RegionPlan } from '../../dominoes/memory/region.ts'
import type { Lock } from '../parts/lock.ts'
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
