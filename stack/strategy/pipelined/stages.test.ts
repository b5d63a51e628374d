import { expect, test } from 'vitest'
import { Channel } from '../../dominoes/channel/channel.ts'
import { planChannel } from '../../dominoes/channel/channel-layout.ts'
import type { ActionQueue } from '../../dominoes/contract/action-queue.ts'
import { type Domain, noDeadline } from '../../dominoes/contract/domain.ts'
import { Counters, planCounters } from '../../dominoes/memory/counters.ts'
import { RegionPlan } from '../../dominoes/memory/region.ts'
import { EmittedActions } from './emitted-actions.ts'
import { Pipe } from './pipe.ts'
import { planPipe } from './pipeline-layout.ts'
import { ProtocolStage } from './stages.ts'
import { TransmitterStage } from './transmitter-stage.ts'

const slotCount = 16

/** A timer of its own emits one action; performs when it may. */
class Timed implements Domain {
  readonly actions: ActionQueue
  isDue = true
  isHeldUp = true

  constructor(actions: ActionQueue) {
    this.actions = actions
  }

  apply(): void {
    if (this.isDue) this.actions.push(1, 0)
    this.isDue = false
  }

  microsUntilDeadline = () => (this.isDue ? 0 : noDeadline)
  perform = () => !this.isHeldUp
  hasMore = () => false
  needsCheck = () => false
  check = () => 1
  resume() {}
  digest = () => 0
  copyState() {}
}

function openPipeline() {
  const plan = new RegionPlan()
  const channelLayout = planChannel(plan, { replicas: 1, slotCount, slotBytes: 512 })
  const layout = planPipe(plan, 1)
  const countersLayout = planCounters(plan, 1)
  const region = plan.allocate()
  const { words } = region
  const pipe = new Pipe(words, layout, channelLayout)
  const { progress } = new Channel(region, channelLayout, 0)
  const emitted = new EmittedActions(region, layout, pipe)
  const domain = new Timed(emitted)
  const counters = new Counters(region, countersLayout, 0)
  const common = { words, pipe, counters, progress }
  const protocol = new ProtocolStage({
    ...common,
    domain,
    emitted,
    clock: { nowMicros: () => 0 },
    random: { next: () => 0 },
    tickSlot: layout.tickSlot,
  })
  const performing = Object.assign(Object.create(domain) as Timed, { perform: () => !domain.isHeldUp })
  const transmitter = new TransmitterStage({ ...common, layout, transmitter: 0, domain: performing })
  return { pipe, domain, protocol, transmitter }
}

test("what a timer sends is in a transmitter's hands until it is sent: the next request is not passed before", () => {
  const { pipe, domain, protocol, transmitter } = openPipeline()
  protocol.doWork()
  transmitter.doWork()
  // A request that may acknowledge what is about to be sent again looks whether all before it are passed.
  expect(pipe.hasPassed(-1)).toBe(false)
  domain.isHeldUp = false
  transmitter.doWork()
  expect(pipe.hasPassed(-1)).toBe(true)
})

test('what a timer sends takes no slot from the reader', () => {
  const { pipe, protocol, transmitter } = openPipeline()
  expect(pipe.freeSlots(slotCount)).toBe(slotCount)
  protocol.doWork()
  transmitter.doWork()
  expect(pipe.freeSlots(slotCount + 1)).toBe(slotCount)
})
