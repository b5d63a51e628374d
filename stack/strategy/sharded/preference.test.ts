import { describe, expect, it } from 'vitest'
import { RegionPlan } from '../../dominoes/memory/region.ts'
import { Preference, planPreference, preferenceFrames } from './preference.ts'

function open() {
  const plan = new RegionPlan()
  const at = planPreference(plan)
  const { words } = plan.allocate()
  const preference = new Preference(words, at)
  const read = (worker: number, frames: number) => {
    for (let k = 0; k < frames; k++) preference.note(worker)
    preference.settle()
    return preference.worker
  }
  return { preference, read }
}

describe('the preferred reader', () => {
  it('is nobody at first, and the one that a long run of frames was for', () => {
    const { preference, read } = open()
    expect(preference.worker).toBe(-1)
    expect(read(1, preferenceFrames - 1)).toBe(-1)
    expect(read(1, 1)).toBe(1)
    expect(read(1, 3)).toBe(1)
  })

  it('is nobody again after one frame for another', () => {
    const { read } = open()
    read(1, preferenceFrames)
    expect(read(0, 1)).toBe(-1)
    expect(read(1, preferenceFrames - 1)).toBe(-1)
    expect(read(1, 1)).toBe(1)
  })

  it('gives up for itself alone', () => {
    const { preference, read } = open()
    read(1, preferenceFrames)
    preference.giveUp(0)
    expect(preference.worker).toBe(1)
    preference.giveUp(1)
    expect(preference.worker).toBe(-1)
  })
})
