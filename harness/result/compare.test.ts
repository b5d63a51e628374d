import { expect, test } from 'vitest'
import { fakeRun } from '../testing/fake-run.ts'
import { compareRuns, isWorse } from './compare.ts'
import type { MeasuredSample } from './sample.ts'
import type { Run } from './store.ts'

/** A run whose goodput is `factor` times as high in the cells that `isChosen`. */
function slowed(factor: number, isChosen: (sample: MeasuredSample) => boolean): Run {
  return fakeRun({
    sample: (sample) => {
      if (sample.status !== 'measured' || !isChosen(sample)) return sample
      const goodputMbps = factor * (sample.measures.goodputMbps as number)
      return { ...sample, measures: { ...sample.measures, goodputMbps } }
    },
  })
}

const isOurs = ({ factors }: MeasuredSample) => factors.strategy !== 'linux'
const isReplicated = ({ factors }: MeasuredSample) => factors.strategy === 'replicated'

test('a run compared with itself has changed nothing', () => {
  const comparison = compareRuns(fakeRun(), fakeRun(), 0.1)
  expect(comparison).toMatchObject({
    worse: [],
    better: [],
    verdicts: [],
    onlyBefore: 0,
    onlyAfter: 0,
    machine: 1,
  })
  expect(comparison.gains.compared).toBeGreaterThan(0)
  expect(comparison.gains.overlapping).toBe(comparison.gains.compared)
  expect(isWorse(comparison)).toBe(false)
})

test('replicas that are a fifth slower are named, by their gain and by their rate', () => {
  const comparison = compareRuns(fakeRun(), slowed(0.8, isReplicated), 0.1)
  expect(isWorse(comparison)).toBe(true)
  const named = comparison.worse.map(({ cell, what }) => `${cell} ${what}`)
  expect(named).toContain('replicated-n2-checksum-tap gain over sequential')
  expect(named).toContain('replicated-n2-checksum-tap goodput')
  expect(named.some((name) => name.startsWith('sequential'))).toBe(false)
  for (const { factor } of comparison.worse) expect(factor).toBeCloseTo(0.8, 1)
})

test('a stack that is slower as a whole is named by its rates, beside the kernel’s', () => {
  const comparison = compareRuns(fakeRun(), slowed(0.8, isOurs), 0.1)
  expect(comparison.worse.map(({ what }) => what)).toEqual(comparison.worse.map(() => 'goodput'))
  expect(comparison.worse.map(({ cell }) => cell)).toContain('sequential-checksum-tap')
})

test('a machine that is slower as a whole is no change', () => {
  const comparison = compareRuns(
    fakeRun(),
    slowed(0.7, () => true),
    0.1,
  )
  expect(comparison.machine).toBeCloseTo(0.7)
  expect(isWorse(comparison)).toBe(false)
})

test('what is faster is told, and is not worse', () => {
  const comparison = compareRuns(slowed(0.8, isReplicated), fakeRun(), 0.1)
  expect(isWorse(comparison)).toBe(false)
  expect(comparison.better.map(({ cell }) => cell)).toContain('replicated-n2-checksum-tap')
})

test('a change below the threshold does not count, nor one of too few rounds', () => {
  expect(isWorse(compareRuns(fakeRun(), slowed(0.8, isReplicated), 0.3))).toBe(false)
  const few = (run: Run): Run => ({ ...run, samples: run.samples.filter(({ round }) => round < 3) })
  expect(isWorse(compareRuns(few(fakeRun()), few(slowed(0.8, isReplicated)), 0.1))).toBe(false)
})

test('a verdict that turns round is worse, whatever the numbers', () => {
  const { experiments } = fakeRun().manifest
  const [experiment] = experiments
  if (experiment === undefined) throw new Error('the run has no experiment')
  const claim = (low: number, high: number): Run => {
    const run = fakeRun()
    const verdict = { kind: 'speedup-range' as const, low, high, refutableFromCores: 1 }
    return { ...run, manifest: { ...run.manifest, experiments: [{ ...experiment, verdict }] } }
  }
  const comparison = compareRuns(claim(0.5, 4), claim(3, 4), 0.1)
  expect(comparison.verdicts).toEqual([
    { experiment: 'small', before: 'reproduced', after: 'not reproduced', isFlip: true },
  ])
  expect(isWorse(comparison)).toBe(true)
})

test('cells that only one run has are counted', () => {
  const run = fakeRun()
  const [experiment] = run.manifest.experiments
  if (experiment === undefined) throw new Error('the run has no experiment')
  const less = { ...experiment, cells: experiment.cells.slice(0, -1) }
  const other = { ...run, manifest: { ...run.manifest, experiments: [less] } }
  expect(compareRuns(run, other, 0.1)).toMatchObject({ onlyBefore: 1, onlyAfter: 0 })
})
