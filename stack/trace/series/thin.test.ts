import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bucketCount, type Thinning, thin } from './thin.ts'

interface Item {
  readonly micros: number
  readonly value: number
  readonly isNotable: boolean
}

const thinning: Thinning<Item> = {
  micros: ({ micros }) => micros,
  value: ({ value }) => value,
  isNotable: ({ isNotable }) => isNotable,
}

/** In the order of time, with pauses of all lengths. */
const series = (notableIn: number): fc.Arbitrary<Item[]> =>
  fc
    .array(
      fc.record({
        pause: fc.oneof(fc.nat(5), fc.nat(5000)),
        value: fc.integer({ min: -1000, max: 1000 }),
        draw: fc.nat(99),
      }),
      { minLength: 1, maxLength: 400 },
    )
    .map((steps) => {
      let micros = 0
      return steps.map(({ pause, value, draw }) => {
        micros += pause
        return { micros, value, isNotable: draw < notableIn }
      })
    })

test('what is thinned keeps what it says', () => {
  fc.assert(
    fc.property(
      fc.nat(100).chain((share) => series(share)),
      fc.integer({ min: 8, max: 120 }),
      (items, limit) => {
        const thinned = thin(items, limit, thinning)
        const kept = new Set(thinned)
        expect(thinned.length).toBeLessThanOrEqual(limit)
        if (items.length <= limit) expect(thinned).toEqual(items)
        expect(items.filter((item) => kept.has(item))).toEqual(thinned)
        expect(thinned[0]).toBe(items[0])
        expect(thinned.at(-1)).toBe(items.at(-1))
        const values = (of: readonly Item[]) => of.map(({ value }) => value)
        expect(Math.max(...values(thinned))).toBe(Math.max(...values(items)))
        expect(Math.min(...values(thinned))).toBe(Math.min(...values(items)))
        const notable = items.filter(({ isNotable }) => isNotable)
        if (notable.length <= limit / 2) expect(notable.every((item) => kept.has(item))).toBe(true)
        // No bucket is wider than if half of the limit were for notable points.
        const span = (items.at(-1) as Item).micros - (items[0] as Item).micros
        const widest = span / bucketCount(Math.ceil(limit / 2))
        for (let index = 1; index < items.length; index++) {
          const [before, after] = [items[index - 1] as Item, items[index] as Item]
          if (after.micros - before.micros <= widest) continue
          expect(kept.has(before) && kept.has(after)).toBe(true)
        }
      },
    ),
  )
})

test('a limit that has no room for a bucket is refused', () => {
  expect(() => thin([], 7, thinning)).toThrow(/limit of 7 points is below 8/)
})
