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

  it('are read by the names of another table, too', () => {
    const plan = new RegionPlan()
    const layouts = [planCounters(plan, 1), planCounters(plan, 1)] as const
    const region = plan.allocate()
    const Doors = { opened: 0, slammed: 3 }
    new Counters(region, layouts[1], 0).add(Doors.slammed, 7)
    expect(readCounters(region, layouts[1], 0, Doors)).toEqual({ opened: 0, slammed: 7 })
    expect(readCounters(region, layouts[0], 0).checkedAhead).toBe(0)
  })

  it('have places of their own', () => {
    const places = Object.values(Counter)
    expect(new Set(places).size).toBe(places.length)
    expect(Math.max(...places)).toBeLessThan(32)
  })
})
