import { expect, test } from 'vitest'
import { fakeRun } from '../testing/fake-run.ts'
import { noticesOn } from './remarks.ts'

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
