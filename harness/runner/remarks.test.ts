import { expect, test } from 'vitest'
import type { Sample } from '../result/sample.ts'
import { fakeRun } from '../testing/fake-run.ts'
import type { Agenda } from './agenda.ts'
import { noticesOn, remarksOn } from './remarks.ts'

/** A run whose first samples were disturbed by processes with these names. */
function disturbedBy(names: readonly string[]) {
  return fakeRun({
    sample: (sample) => {
      const foreignName = names[sample.order]
      if (foreignName === undefined) return sample
      const interference = {
        windowMicros: 1e6,
        foreignMicros: 5e5,
        foreignName,
        stolenMicros: 0,
        throttled: null,
      }
      return { ...sample, interference }
    },
  }).samples
}

test('a run that nobody disturbed has no notice', () => {
  expect(noticesOn(disturbedBy([]))).toEqual([])
})

test('who disturbed a run is told once for all samples', () => {
  const [notice] = noticesOn(disturbedBy(['make', 'yes', 'make']))
  expect(notice).toMatch(
    /^3 of \d+ samples were disturbed from outside and do not count \(others used processors: "make", "yes"\); 0 were taken again\.$/,
  )
})

test('that a stack of others failed is told, and leaves the run complete; that ours or the kernel’s did does not', () => {
  const { samples, manifest } = fakeRun({})
  const failed = (strategy: 'pasta' | 'linux' | 'sequential') =>
    samples.slice(0, 2).map((sample, index) => {
      const factors = { ...sample.factors, strategy }
      const failure = { reason: 'no bytes came', remedy: 'Read the log of this sample.' }
      return index === 0
        ? ({ ...sample, factors, status: 'failed', failure } as Sample)
        : { ...sample, factors }
    })
  const agenda = { taken: 2, planned: 2, isCutShort: false } as Agenda
  const remarks = (strategy: Parameters<typeof failed>[0]) =>
    remarksOn(failed(strategy), agenda, { experiments: manifest.experiments })
  expect(remarks('pasta')).toEqual([])
  expect(noticesOn(failed('pasta'))).toEqual([
    '1 of 2 samples of pasta failed: the reasons are with its samples.',
  ])
  for (const strategy of ['linux', 'sequential'] as const) {
    expect(remarks(strategy)).toEqual(['1 of 2 samples failed.'])
    expect(noticesOn(failed(strategy))).toEqual([])
  }
})
