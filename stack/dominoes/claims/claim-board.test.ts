import { describe, expect, it } from 'vitest'
import { RegionPlan } from '../memory/region.ts'
import { ClaimBoard, initialiseClaims, planClaims } from './claim-board.ts'

function openTwo(count: number, first: number): [ClaimBoard, ClaimBoard] {
  const plan = new RegionPlan()
  const layout = planClaims(plan, count)
  const region = plan.allocate()
  initialiseClaims(region, layout, first)
  return [new ClaimBoard(region, layout), new ClaimBoard(region, layout)]
}

/** Number 0 in the first lap, and both places where the sign of a wrapping number changes. */
const firsts = [0, 1, -3, 0x7ffffffd, -0x80000000]

describe.each([1, 4, 32, 64, 1024])('a claim board of %i entries', (count) => {
  it.each(firsts)('gives each number from %i to who asks first, over several laps', (first) => {
    const [a, b] = openTwo(count, first)
    for (let k = 0; k < 3 * count; k++) {
      const number = (first + k) | 0
      const [one, other] = k % 3 === 0 ? [a, b] : [b, a]
      expect([one.claim(number), other.claim(number), one.claim(number)]).toEqual([true, false, false])
    }
  })

  it.each(firsts)('refuses a replica that lags by many laps, counted from %i', (first) => {
    const [a, b] = openTwo(count, first)
    const numbers = Array.from({ length: 5 * count }, (_, k) => (first + k) | 0)
    expect(numbers.every((number) => a.claim(number))).toBe(true)
    expect(numbers.some((number) => b.claim(number))).toBe(false)
    expect(b.claim((first + numbers.length) | 0)).toBe(true)
  })
})

it('refuses a size that is no power of two', () => {
  expect(() => planClaims(new RegionPlan(), 48)).toThrow(RangeError)
})
