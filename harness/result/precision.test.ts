import { expect, test } from 'vitest'
import { fakeRun, measuring } from '../testing/fake-run.ts'
import { smallDefinition } from '../testing/fixtures.ts'
import { uncertaintyOf } from './precision.ts'

const spreadOf = (spread: number, cells = smallDefinition.cells) => {
  const run = fakeRun({
    definition: { cells },
    sample: (sample) => {
      const isOdd = sample.round % 2 === 1 && sample.factors.strategy === 'replicated'
      return measuring(sample, { goodputMbps: isOdd ? 100 * (1 + spread) : 100 })
    },
  })
  const [experiment] = run.manifest.experiments
  if (experiment === undefined) throw new Error('no experiment')
  return { experiment, samples: run.samples }
}

test('half the width of the widest ratio, as a share of it', () => {
  const { experiment, samples } = spreadOf(0.2)
  // Four rounds with ratio 1, three with 1.2: the interval is the range.
  expect(uncertaintyOf(experiment, samples)).toBeCloseTo(0.1, 12)
  expect(uncertaintyOf(experiment, spreadOf(0).samples)).toBe(0)
})

test('nothing is certain with fewer than six rounds', () => {
  const { experiment, samples } = spreadOf(0)
  const few = samples.filter(({ round }) => round < 5)
  expect(uncertaintyOf(experiment, few)).toBe(Number.POSITIVE_INFINITY)
})

test('a cell that never counts does not keep the others waiting', () => {
  const { experiment, samples } = spreadOf(0)
  const others = samples.filter(({ cell }) => cell !== 'replicated-n2-cipher-tap')
  expect(uncertaintyOf(experiment, others)).toBe(0)
})

test('a ratio of which fewer than half of the rounds count is not waited for', () => {
  const { experiment, samples } = spreadOf(0.2)
  const rounds = 1 + Math.max(...samples.map(({ round }) => round))
  const counting = (count: number) =>
    samples.filter(({ factors, round }) => factors.strategy !== 'replicated' || round < count)
  expect(uncertaintyOf(experiment, counting(Math.ceil(rounds / 2) - 1))).toBe(0)
  expect(uncertaintyOf(experiment, counting(Math.ceil(rounds / 2)))).toBeGreaterThan(0)
})

test('where nothing is compared, the measure itself has to be certain', () => {
  const linux = smallDefinition.cells.filter(({ strategy }) => strategy.includes('linux'))
  const { experiment } = spreadOf(0, linux)
  const { samples } = fakeRun({
    definition: { cells: linux },
    sample: (sample) => measuring(sample, { goodputMbps: sample.round % 2 === 1 ? 130 : 100 }),
  })
  expect(uncertaintyOf(experiment, samples)).toBeCloseTo(0.15, 12)
})
