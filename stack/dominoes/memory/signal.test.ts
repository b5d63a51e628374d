import { describe, expect, it } from 'vitest'
import { RegionPlan } from './region.ts'
import { planSignal, Signal } from './signal.ts'

function openTwo(initial = 0): [Signal, Signal] {
  const plan = new RegionPlan()
  const at = planSignal(plan)
  const region = plan.allocate()
  region.words[at] = initial
  return [new Signal(region, at), new Signal(region, at)]
}

describe('signal', () => {
  it('has nobody to notify at rest', () => {
    const [signal] = openTwo()
    expect(signal.notify()).toBe(false)
  })

  it('does not sleep when the notification came between prepare and wait', () => {
    const [waiter, notifier] = openTwo()
    const token = waiter.prepare()
    expect(notifier.notify()).toBe(true)
    expect(waiter.wait(token, Number.POSITIVE_INFINITY)).toBe(true)
  })

  it('does not take an earlier notification for one after prepare', () => {
    const [waiter, notifier] = openTwo()
    waiter.prepare()
    notifier.notify()
    expect(waiter.wait(waiter.prepare(), 0)).toBe(false)
  })

  it('is notified by one of many who have the same news', () => {
    const [waiter, notifier] = openTwo()
    waiter.prepare()
    expect([notifier.notify(), notifier.notify()]).toEqual([true, false])
  })

  it('works across the wrap of its word', () => {
    const [waiter, notifier] = openTwo(-2)
    for (let k = 0; k < 3; k++) {
      const token = waiter.prepare()
      expect(waiter.wait(token, 0)).toBe(false)
      notifier.notify()
      expect(waiter.wait(token, Number.POSITIVE_INFINITY)).toBe(true)
    }
  })

  it('wakes a waiter that does not block its thread', async () => {
    const [waiter, notifier] = openTwo()
    const woken = waiter.waitAsync(waiter.prepare(), Number.POSITIVE_INFINITY)
    notifier.notify()
    expect(await woken).toBe(true)
    const missed = waiter.prepare()
    notifier.notify()
    expect(await waiter.waitAsync(missed, Number.POSITIVE_INFINITY)).toBe(true)
    expect(await waiter.waitAsync(waiter.prepare(), 1)).toBe(false)
  })
})
