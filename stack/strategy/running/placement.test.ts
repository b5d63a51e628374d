import { expect, test } from 'vitest'
import { type PlacementFactor, processorsNeeded } from '../factors.ts'
import { processorFor } from './placement.ts'

const placed = (placement: PlacementFactor, threads: number, allowed: number[]) =>
  Array.from({ length: threads }, (_, thread) => processorFor(placement, thread, allowed))

test.each<[PlacementFactor, (number | undefined)[]]>([
  ['free', [undefined, undefined, undefined, undefined]],
  ['apart', [2, 3, 5, 7]],
  ['doubled', [2, 2, 3, 3]],
  ['together', [2, 2, 2, 2]],
])('%s: four threads of a process that may use 2, 3, 5, 7 run on %j', (placement, processors) => {
  expect(placed(placement, 4, [2, 3, 5, 7])).toEqual(processors)
})

test.each<[PlacementFactor, number]>([
  ['free', 1],
  ['apart', 5],
  ['doubled', 3],
  ['together', 1],
])('%s: five threads need %d processors, and one fewer is refused', (placement, needed) => {
  expect(processorsNeeded(placement, 5)).toBe(needed)
  const some = Array.from({ length: needed }, (_, processor) => processor)
  expect(placed(placement, 5, some)).toHaveLength(5)
  if (needed > 1) expect(() => placed(placement, 5, some.slice(1))).toThrow('has no processor for thread 4')
})
