import { describe, expect, it } from 'vitest'
import { Channel } from '../channel/channel.ts'
import { ActionQueue } from '../contract/action-queue.ts'
import { type Domain, noDeadline, type Source } from '../contract/domain.ts'
import { type CounterValues, readCounters } from '../memory/counters.ts'
import { RegionPlan } from '../memory/region.ts'
import { initialiseFramework, planFramework } from './framework-layout.ts'
import { openReplica } from './open-replica.ts'
import type { Replica } from './replica.ts'

/** Notes what it is asked to do; each request emits the number of actions that the test sets. */
class NotingDomain implements Domain {
  readonly actions: ActionQueue
  readonly notes: string[] = []
  checks = true
  emits = 0
  canPerform = true
  deadline = noDeadline
  #number = 0
  #pending = 0
  #applied = 0

  constructor(queueCapacity: number) {
    this.actions = new ActionQueue(queueCapacity)
  }

  needsCheck(): boolean {
    return this.checks
  }

  check(): number {
    this.notes.push('check')
    return 1
  }

  apply(): void {
    this.notes.push('apply')
    this.#applied += 1
    this.#pending = this.emits
    this.#emit()
  }

  hasMore(): boolean {
    return this.#pending > 0
  }

  resume(): void {
    this.notes.push('resume')
    this.#emit()
  }

  perform(action: number): boolean {
    this.notes.push(`perform ${this.actions.words[action + 1]}${this.canPerform ? '' : ' later'}`)
    return this.canPerform
  }

  microsUntilDeadline(): number {
    return this.deadline
  }

  digest(): number {
    return this.#applied
  }

  copyState(): void {}

  take(): string[] {
    return this.notes.splice(0)
  }

  #emit(): void {
    while (this.#pending > 0 && !this.actions.isFull) {
      this.#pending -= 1
      this.actions.push(1, this.#number++)
    }
  }
}

interface Opened {
  readonly domain: NotingDomain
  readonly channel: Channel
  readonly replica: Replica
  readonly waits: number[]
  /** Requests that the next poll publishes. */
  offer: number
  counters(): CounterValues
}

/** Indexes wrap: the tests go past zero. */
const firstIndex = -2

function open(replicas: number, queueCapacity = 8, slotCount = 8): Opened[] {
  const plan = new RegionPlan()
  const layout = planFramework(plan, {
    replicas,
    slotCount,
    slotBytes: 512,
    outboxCount: 8,
    mailboxes: [],
    claimCount: 8,
    digestEntries: 8,
  })
  const region = plan.allocate()
  initialiseFramework(region, layout, { index: firstIndex })
  return Array.from({ length: replicas }, (_, id) => {
    const channel = new Channel(region, layout.channel, id)
    const domain = new NotingDomain(queueCapacity)
    const waits: number[] = []
    const source: Source = {
      poll() {
        const count = Math.min(opened.offer, channel.freeSlots(opened.offer))
        if (count > 0) channel.publish(count)
        opened.offer -= count
        return count
      },
      wait: (micros) => void waits.push(micros),
    }
    const opened: Opened = {
      domain,
      channel,
      waits,
      offer: 0,
      replica: openReplica(region, layout, { id, domain, source, channel, nowMicros: () => 0 }),
      counters: () => readCounters(region, layout.counters, id),
    }
    return opened
  })
}

function openOne(queueCapacity?: number): Opened {
  return open(1, queueCapacity)[0] as Opened
}

function openPair(): [Opened, Opened] {
  return open(2) as [Opened, Opened]
}

/** Requests published in all by the time of each action that is performed. */
function notePublished({ domain, channel }: Opened): number[] {
  const published: number[] = []
  domain.perform = () => published.push(channel.tail - firstIndex) > 0
  return published
}

describe('a round', () => {
  it('polls again before it performs much, so that the others find work after it', () => {
    const one = openOne()
    one.domain.emits = 4
    one.channel.publish(1)
    one.offer = 1
    const ahead = notePublished(one)
    one.replica.doWork()
    expect(ahead.slice(0, 4)).toEqual([2, 2, 2, 2])
    expect(one.counters()).toMatchObject({ applied: 2, performed: 8, polls: 2, published: 1 })
  })

  it('does so with the last of a request that emits more than the queue holds', () => {
    const one = openOne(4)
    one.domain.emits = 8
    one.channel.publish(1)
    one.offer = 1
    const ahead = notePublished(one)
    one.replica.doWork()
    expect(ahead.slice(0, 8)).toEqual([1, 1, 1, 1, 2, 2, 2, 2])
  })

  it.each([
    ['little is to be performed', { emits: 3, published: 1 }],
    ['more is to be applied', { emits: 4, published: 2 }],
  ])('does not as long as %s', (_when, { emits, published }) => {
    const one = openOne()
    one.domain.emits = emits
    one.channel.publish(published)
    one.offer = 1
    const ahead = notePublished(one)
    one.replica.doWork()
    expect(ahead[0]).toBe(published)
  })

  it('does so once, however long the first action cannot be performed', () => {
    const one = openOne()
    one.domain.emits = 4
    one.domain.canPerform = false
    one.channel.publish(1)
    for (let round = 0; round < 3; round++) one.replica.doWork()
    expect(one.counters()).toMatchObject({ applied: 1, performed: 0, polls: 1 })
  })

  it('leaves the source to a replica that is at it', () => {
    const [one, other] = openPair()
    one.domain.emits = 4
    one.channel.publish(1)
    one.offer = 1
    other.channel.tryAcquireProducer()
    one.replica.doWork()
    expect(one.counters()).toMatchObject({ applied: 1, polls: 0 })
  })

  it('polls the source when there is nothing to apply, then checks, applies and performs', () => {
    const one = openOne()
    one.domain.emits = 2
    one.offer = 2
    expect(one.replica.doWork()).toBe(2)
    expect(one.domain.take()).toEqual([])
    expect(one.replica.doWork()).toBe(2)
    const perRequest = (n: number) => ['check', 'apply', `perform ${n}`, `perform ${n + 1}`]
    expect(one.domain.take()).toEqual([...perRequest(0), ...perRequest(2)])
    expect(one.channel.positionOf(0)).toBe(0)
    expect(one.replica.doWork()).toBe(0)
  })

  it('resumes a request that emits more actions than the queue holds', () => {
    const one = openOne(2)
    one.domain.emits = 5
    one.domain.checks = false
    one.offer = 1
    one.replica.doWork()
    one.replica.doWork()
    expect(one.domain.take().join()).toBe(
      'apply,perform 0,perform 1,resume,perform 2,perform 3,resume,perform 4',
    )
  })

  it('publishes its position every few requests, and when it ends', () => {
    const one = open(1, 8, 64)[0] as Opened
    one.offer = 11
    one.replica.doWork()
    one.replica.doWork()
    expect(one.channel.positionOf(0)).toBe(9)
  })

  it('publishes its position before it performs much, and not before a little', () => {
    const seenWith = (emits: number) => {
      const one = open(1, 8, 64)[0] as Opened
      const seen: number[] = []
      one.domain.emits = emits
      one.domain.perform = () => seen.push(one.channel.positionOf(0)) > 0
      one.offer = 3
      one.replica.doWork()
      one.replica.doWork()
      return seen
    }
    expect(seenWith(2)).toEqual([-2, -2, -2, -2, -2, -2])
    expect(seenWith(4)).toEqual([-2, -2, -2, -2, -1, -1, -1, -1, 0, 0, 0, 0])
  })

  it('leaves to the other replica what that one claimed first', () => {
    const [a, b] = openPair()
    a.domain.emits = 1
    b.domain.emits = 1
    a.offer = 1
    a.replica.doWork()
    a.replica.doWork()
    b.replica.doWork()
    expect(a.domain.take()).toEqual(['check', 'apply', 'perform 0'])
    expect(b.domain.take()).toEqual(['apply'])
    expect(a.counters()).toMatchObject({ claimsWon: 1, claimsLost: 0, performed: 1, checked: 1 })
    expect(b.counters()).toMatchObject({ claimsWon: 0, claimsLost: 1, performed: 0, checked: 0 })
  })
})

describe('an action that cannot be performed yet', () => {
  it('comes first in the next round, is claimed once, and holds the position', () => {
    const one = openOne()
    one.domain.emits = 2
    one.domain.canPerform = false
    one.offer = 3
    one.replica.doWork()
    one.replica.doWork()
    expect(one.domain.take()).toEqual(['check', 'apply', 'perform 0 later'])
    expect(one.replica.doWork()).toBe(0)
    expect(one.domain.take()).toEqual(['perform 0 later'])
    expect(one.channel.positionOf(0)).toBe(-2)
    expect(one.counters()).toMatchObject({ claimsWon: 1, performed: 0, deferred: 2 })
    one.domain.canPerform = true
    one.replica.doWork()
    expect(one.domain.take().slice(0, 3)).toEqual(['perform 0', 'perform 1', 'check'])
    expect(one.channel.positionOf(0)).toBe(1)
    expect(one.counters()).toMatchObject({ claimsWon: 6, performed: 6, applied: 3 })
  })

  it('keeps this replica from the source, but not the other', () => {
    const [a, b] = openPair()
    a.domain.emits = 1
    b.domain.emits = 1
    a.domain.canPerform = false
    a.offer = 1
    a.replica.doWork()
    a.replica.doWork()
    a.offer = 1
    expect(a.replica.doWork()).toBe(0)
    expect(a.offer).toBe(1)
    b.replica.doWork()
    b.offer = 1
    expect(b.replica.doWork()).toBe(1)
  })
})

describe('a verdict that is pending elsewhere', () => {
  it('lets later requests be checked, and none be applied before it is there', () => {
    const [a, b] = openPair()
    a.offer = 3
    a.replica.doWork()
    const slot = b.channel.slotOf(-2)
    expect(b.channel.tryClaimCheck(slot, -2)).toBe(true)
    expect(a.replica.doWork()).toBe(2)
    expect(a.domain.take()).toEqual(['check', 'check'])
    expect(a.replica.doWork()).toBe(0)
    expect(a.domain.take()).toEqual([])
    b.channel.setVerdict(slot, 1)
    expect(a.replica.doWork()).toBe(3)
    expect(a.domain.take()).toEqual(['apply', 'apply', 'apply'])
    expect(a.counters()).toMatchObject({ checked: 2, checkedAhead: 2 })
  })
})

/** Sleeps without limit would hang the test: what must not sleep is given no limit. */
describe('park', () => {
  it('sleeps in the source until the deadline, holding the role', () => {
    const one = openOne()
    one.domain.deadline = 300
    one.replica.park(1000)
    one.replica.park(100)
    one.domain.deadline = 0
    one.replica.park(100)
    expect(one.waits).toEqual([300, 100])
    expect(one.channel.tryAcquireProducer()).toBe(true)
  })

  it('publishes what arrived rather than sleep', () => {
    const one = openOne()
    one.offer = 1
    one.replica.park(1000)
    expect(one.waits).toEqual([])
    expect(one.channel.tail).toBe(-1)
  })

  it('returns at once if something was published since', () => {
    const [a, b] = openPair()
    a.offer = 1
    a.replica.doWork()
    b.replica.park(Number.POSITIVE_INFINITY)
    expect(b.waits).toEqual([])
  })

  it('does not sleep in the source while the ring is full', () => {
    const [a, b] = openPair()
    a.offer = 20
    expect([a.replica.doWork(), a.replica.doWork()]).toEqual([8, 8])
    a.replica.park(1)
    expect(a.waits).toEqual([])
    a.replica.park(1)
    expect(a.waits).toEqual([])
    b.replica.doWork()
    a.replica.park(Number.POSITIVE_INFINITY)
    expect(a.replica.doWork()).toBe(8)
  })

  it('returns once it has completed the request in hand, and does not sleep for the next before another round', () => {
    const [a, b] = openPair()
    a.offer = 2
    const isOffered = a.replica.doWork() === 2 && b.channel.tryClaimCheck(b.channel.slotOf(-1), -1)
    Object.assign(a.domain, { emits: 1, canPerform: false })
    a.replica.doWork()
    a.domain.canPerform = true
    a.replica.park(Number.POSITIVE_INFINITY)
    expect([isOffered, ...a.domain.take()]).toEqual([true, 'check', 'apply', 'perform 0 later', 'perform 0'])
  })

  it('returns at once when the ring is full of what this replica has not applied', () => {
    const [a, b] = openPair()
    a.offer = 20
    while (a.replica.doWork() > 0);
    b.replica.doWork()
    b.offer = 20
    expect(b.replica.doWork()).toBe(8)
    b.replica.doWork()
    a.replica.park(Number.POSITIVE_INFINITY)
    expect(a.replica.doWork()).toBe(8)
  })
})

describe('closing', () => {
  it('finishes once everything published is applied and performed', () => {
    const one = openOne()
    one.domain.emits = 1
    one.domain.canPerform = false
    one.offer = 1
    one.replica.doWork()
    one.channel.close()
    expect(one.replica.isFinished).toBe(false)
    one.replica.doWork()
    expect(one.replica.isFinished).toBe(false)
    one.domain.canPerform = true
    one.replica.doWork()
    expect(one.replica.isFinished).toBe(true)
    one.offer = 1
    expect(one.replica.doWork()).toBe(0)
  })
})
