/**
 * The world of the speed-up model: each request costs a fixed `s` to apply and emits one action of a fixed `p`. There
 * are as many cores as replicas, and nothing else costs time. The real replica loop, channel and claim board run in
 * it. So its speed-up is that of the model, less what order and granularity take.
 */
import { Random } from '../../device/random.ts'
import { ClaimBoard } from '../../dominoes/claims/claim-board.ts'
import { ActionQueue } from '../../dominoes/contract/action-queue.ts'
import { type Domain, noDeadline, type Source } from '../../dominoes/contract/domain.ts'
import { SlotWord } from '../../dominoes/contract/slot.ts'
import { RegionPlan } from '../../dominoes/memory/region.ts'
import { initialiseFramework, planFramework } from '../../dominoes/replica/framework-layout.ts'
import { openReplica } from '../../dominoes/replica/open-replica.ts'
import { drawCosts, freeCosts } from './costs.ts'
import { Processors } from './processors.ts'
import { ChannelTimes, TimedChannel } from './timed-channel.ts'
import { TimedClaims, TimedDomain } from './timed-domain.ts'
import { VirtualThread } from './virtual-thread.ts'

const requestNanos = 1000
const lookNanos = 5

/** Emits one action a request and keeps nothing but their number. */
class OneActionDomain implements Domain {
  readonly actions = new ActionQueue(1)
  performed = 0
  #number = 0

  needsCheck(): boolean {
    return false
  }

  check(): number {
    return 1
  }

  apply(): void {
    this.actions.push(1, this.#number)
    this.#number = (this.#number + 1) | 0
  }

  hasMore(): boolean {
    return false
  }

  resume(): void {}

  perform(): boolean {
    this.performed += 1
    return true
  }

  microsUntilDeadline(): number {
    return noDeadline
  }

  digest(): number {
    return this.#number
  }

  copyState(target: Int32Array): void {
    target[0] = this.#number
  }
}

/** The speed-up S(N) over one core, for `workRatio` = s / (s + p) and `replicas` = N. */
export function idealSpeedup(workRatio: number, replicas: number, requests = 4000): number {
  const plan = new RegionPlan()
  const layout = planFramework(plan, {
    replicas,
    slotCount: 1024,
    slotBytes: 512,
    outboxCount: 2,
    mailboxes: [],
    claimCount: 4096,
    digestEntries: 2,
  })
  const region = plan.allocate()
  initialiseFramework(region, layout)
  const costs = drawCosts(freeCosts())
  const times = new ChannelTimes()
  const prices = {
    check: () => 0,
    apply: () => workRatio * requestNanos,
    perform: () => (1 - workRatio) * requestNanos,
  }
  const threads = Array.from(
    { length: replicas },
    (_, id) => new VirtualThread(`replica ${id}`, costs, new Random(id)),
  )
  const domains = threads.map((thread, id) => {
    const channel = new TimedChannel({ region, layout: layout.channel, id, thread, times, publishNanos: 0 })
    const inner = new OneActionDomain()
    const domain = new TimedDomain(inner, thread, prices)
    const source: Source = {
      poll: () => {
        const count = Math.min(channel.freeSlots(64), 64)
        for (let k = 0; k < count; k++) region.words[channel.slotAhead(k) + SlotWord.kind] = 1
        if (count > 0) channel.publish(count)
        return count
      },
      wait: () => {},
    }
    const claims = new TimedClaims(new ClaimBoard(region, layout.claims), thread, 0, 0)
    const replica = openReplica(region, layout, {
      id,
      domain,
      source,
      nowMicros: () => 0,
      channel,
      claims,
      batch: 1,
    })
    thread.body = {
      step: () => {
        domain.hasWorked = false
        if (replica.doWork() === 0 && !domain.hasWorked) thread.spend(lookNanos)
      },
    }
    return inner
  })
  const processors = new Processors(replicas, threads)
  const done = () => domains.reduce((sum, domain) => sum + domain.performed, 0)
  while (done() < requests) processors.step()
  return (done() * requestNanos) / processors.nowNanos
}
