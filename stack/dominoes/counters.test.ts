import { describe, expect, it } from 'vitest'
import { Counter, Counters, planCounters, readCounters } from './counters.ts'
import { RegionPlan } from './region.ts'

describe('counters', () => {
  it('are kept per replica and read by name', () => {
    const plan = new RegionPlan()
    const layout = planCounters(plan, 2)
    const region = plan.allocate()
    const second = new Counters(region, layout, 1)
    second.add(Counter.applied, 2)
    second.add(Counter.applied, 3)
    second.add(Counter.parks, -1)
    expect(readCounters(region, layout, 0)).toMatchObject({ applied: 0, parks: 0 })
    expect(readCounters(region, layout, 1)).toMatchObject({ applied: 5, parks: 0xffffffff })
  })

  it('have places of their own', () => {
    const places = Object.values(Counter)
    expect(new Set(places).size).toBe(places.length)
    expect(Math.max(...places)).toBeLessThan(32)
  })
})
