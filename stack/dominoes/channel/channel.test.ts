import { describe, expect, it } from 'vitest'
import { SlotWord, verdictPending } from '../contract/slot.ts'
import { RegionPlan } from '../memory/region.ts'
import { Channel } from './channel.ts'
import { initialiseChannel, planChannel } from './channel-layout.ts'

const options = { replicas: 2, slotCount: 4, slotBytes: 512 }
/** The second request's index is 2^31 as an unsigned number. */
const first = 0x7fffffff

function openTwo() {
  const plan = new RegionPlan()
  const layout = planChannel(plan, options)
  const region = plan.allocate()
  initialiseChannel(region, layout, first, 0)
  return { region, layout, a: new Channel(region, layout, 0), b: new Channel(region, layout, 1) }
}

function indexAt(count: number): number {
  return (first + count) | 0
}

describe('producer role', () => {
  it('is held by one at a time', () => {
    const { a, b } = openTwo()
    expect(a.tryAcquireProducer()).toBe(true)
    expect(b.tryAcquireProducer()).toBe(false)
    expect(a.tryAcquireProducer()).toBe(false)
    a.releaseProducer()
    expect(b.tryAcquireProducer()).toBe(true)
  })

  it('cannot be taken once the channel is closing, and ends when its holder gives it back', () => {
    const { a, b } = openTwo()
    expect(a.tryAcquireProducer()).toBe(true)
    b.close()
    expect(b.tryClose()).toBe(false)
    a.publish(1)
    a.releaseProducer()
    expect(a.tryAcquireProducer()).toBe(false)
    expect(b.tryClose()).toBe(true)
    expect(a.tryClose()).toBe(true)
    expect(b.tail).toBe(indexAt(1))
  })

  it('wakes a sleeper by a publish, and again when it is given back after one', () => {
    const { a, b } = openTwo()
    a.tryAcquireProducer()
    const beforePublish = b.published.prepare()
    a.publish(1)
    expect(b.published.wait(beforePublish, 0)).toBe(true)
    const beforeRelease = b.published.prepare()
    a.releaseProducer()
    expect(b.published.wait(beforeRelease, 0)).toBe(true)
  })

  it('wakes nobody when it is given back without a publish', () => {
    const { a, b } = openTwo()
    a.tryAcquireProducer()
    a.publish(1)
    a.releaseProducer()
    a.tryAcquireProducer()
    const token = b.published.prepare()
    a.releaseProducer()
    expect(b.published.wait(token, 0)).toBe(false)
  })

  it('is free again when its holder is removed', () => {
    const { a, b } = openTwo()
    expect(a.tryAcquireProducer()).toBe(true)
    b.remove(1)
    expect(b.tryAcquireProducer()).toBe(false)
    b.remove(0)
    expect(b.tryAcquireProducer()).toBe(true)
  })

  it('hands on the time of the newest request', () => {
    const { a, b } = openTwo()
    a.lastTime = -5
    expect(b.lastTime).toBe(-5)
  })
})

describe('progress', () => {
  it('is notified by a verdict and by a consumer position', () => {
    const { a, b } = openTwo()
    a.tryAcquireProducer()
    a.publish(1)
    const beforeVerdict = b.progress.prepare()
    a.setVerdict(a.slotOf(first), 1)
    expect(b.progress.wait(beforeVerdict, 0)).toBe(true)
    const beforePosition = b.progress.prepare()
    a.setPosition(0, indexAt(1))
    expect(b.progress.wait(beforePosition, 0)).toBe(true)
  })
})

describe('publishing', () => {
  it('shows nothing before, and whole slots after', () => {
    const { region, a, b } = openTwo()
    a.tryAcquireProducer()
    for (let k = 0; k < 2; k++) region.words[a.slotAhead(k) + SlotWord.arguments] = 70 + k
    expect(b.tail).toBe(first)
    a.publish(2)
    expect(b.tail).toBe(indexAt(2))
    for (let k = 0; k < 2; k++) {
      const slot = b.slotOf(indexAt(k))
      expect(b.holds(slot, indexAt(k))).toBe(true)
      expect(region.words[slot + SlotWord.arguments]).toBe(70 + k)
    }
  })

  it('stops when one replica is a whole ring behind, and goes on when it passes a slot', () => {
    const { a, b } = openTwo()
    a.tryAcquireProducer()
    expect(a.freeSlots()).toBe(4)
    a.publish(4)
    expect(a.freeSlots()).toBe(0)
    expect(() => a.publish(1)).toThrow('more slots than are free')
    a.setPosition(0, indexAt(4))
    expect(a.freeSlots()).toBe(0)
    expect(a.isFull).toBe(true)
    expect(a.hasPassed(first)).toBe(false)
    b.setPosition(1, indexAt(1))
    expect(a.freeSlots()).toBe(1)
    expect(a.isFull).toBe(false)
    expect(a.hasPassed(first)).toBe(true)
    expect(a.hasPassed(indexAt(1))).toBe(false)
    a.publish(1)
    expect(a.freeSlots()).toBe(0)
  })

  it('looks at the consumers only when fewer slots than wanted are known to be free', () => {
    const { a } = openTwo()
    a.tryAcquireProducer()
    a.publish(2)
    a.setPosition(0, indexAt(2))
    a.setPosition(1, indexAt(2))
    expect(a.freeSlots(2)).toBe(2)
    expect(a.freeSlots(3)).toBe(4)
  })

  it('does not wait for a replica that was removed', () => {
    const { a, b } = openTwo()
    a.tryAcquireProducer()
    a.publish(4)
    a.setPosition(0, indexAt(3))
    b.remove(1)
    expect(a.freeSlots()).toBe(3)
  })

  it('waits for a replica that joined, from where it joined', () => {
    const { a, b } = openTwo()
    a.tryAcquireProducer()
    b.remove(1)
    a.publish(4)
    a.setPosition(0, indexAt(2))
    expect(() => a.join(1, indexAt(1))).toThrow('slots are gone')
    a.join(1, indexAt(2))
    a.setPosition(0, indexAt(4))
    expect(a.freeSlots()).toBe(2)
    expect(b.positionOf(1)).toBe(indexAt(2))
  })
})

describe('checks', () => {
  it('are claimed by one replica, again in every lap of the ring', () => {
    const { a, b } = openTwo()
    a.tryAcquireProducer()
    for (let lap = 0; lap < 3; lap++) {
      const index = indexAt(lap * 4)
      a.publish(4)
      const slot = a.slotOf(index)
      expect(a.verdictOf(slot)).toBe(verdictPending)
      const [one, other] = lap % 2 === 0 ? [a, b] : [b, a]
      expect(one.tryClaimCheck(slot, index)).toBe(true)
      expect(other.tryClaimCheck(slot, index)).toBe(false)
      expect(one.tryClaimCheck(slot, index)).toBe(false)
      one.setVerdict(slot, -2)
      expect(other.verdictOf(slot)).toBe(-2)
      a.setPosition(0, indexAt(lap * 4 + 4))
      b.setPosition(1, indexAt(lap * 4 + 4))
      expect(a.freeSlots(4)).toBe(4)
    }
  })

  it('are unclaimed after a lap of 2^32 in which nobody checked here', () => {
    const { region, a } = openTwo()
    region.words[a.slotOf(first) + SlotWord.claim] = indexAt(1)
    a.tryAcquireProducer()
    a.publish(1)
    expect(a.tryClaimCheck(a.slotOf(first), first)).toBe(true)
  })

  it('may not return the pending verdict', () => {
    const { a } = openTwo()
    expect(() => a.setVerdict(a.slotOf(first), verdictPending)).toThrow('pending')
  })
})

describe('planning', () => {
  it.each([{ slotCount: 3 }, { slotCount: 0 }, { slotBytes: 500 }, { slotBytes: 384 }, { replicas: 0 }])(
    'refuses %o',
    (wrong) => {
      expect(() => planChannel(new RegionPlan(), { ...options, ...wrong })).toThrow(RangeError)
    },
  )
})
