import { expect, test } from 'vitest'
import type { Experiment } from '../../harness/matrix/experiment.ts'
import { summarize } from '../../harness/result/summary.ts'
import { fakeRun, measuring } from '../../harness/testing/fake-run.ts'
import { combineVerdicts, whyNot, whyNotOf } from './combined-verdict.ts'

test('a claim is reproduced where all of its experiments do so, and partly where some do', () => {
  expect(combineVerdicts(['reproduced', 'reproduced'])).toBe('reproduced')
  expect(combineVerdicts(['reproduced', 'cannot tell here'])).toBe('partly')
  expect(combineVerdicts(['partly', 'not reproduced'])).toBe('partly')
  expect(combineVerdicts(['not reproduced', 'cannot tell here'])).toBe('cannot tell here')
  expect(combineVerdicts(['not reproduced'])).toBe('not reproduced')
  expect(combineVerdicts([])).toBe('cannot tell here')
})

/** Why a run of the small experiment says no more. */
function why(run: ReturnType<typeof fakeRun>): string {
  const summary = summarize(run.manifest, run.samples)
  const [experiment] = run.manifest.experiments as [Experiment]
  return whyNot(experiment, summary.experiments[0] as (typeof summary.experiments)[number], summary)
}

test('a verdict that is not "reproduced" says why in a few words', () => {
  expect(why(fakeRun())).toBe('in some cells')
  expect(why({ ...fakeRun(), samples: [] })).toBe('nothing measured')
  const first = fakeRun().samples.filter(({ round }) => round === 0)
  expect(why({ ...fakeRun(), samples: first })).toBe('too few rounds')
  const slow = fakeRun({ sample: (sample) => measuring(sample, { goodputMbps: 100 }) })
  expect(why(slow)).toBe('2 cores cannot refute it')
})

test('several experiments are counted', () => {
  const run = fakeRun()
  const summary = summarize(run.manifest, run.samples)
  const [one] = summary.experiments
  if (one === undefined) throw new Error('The fake run has an experiment.')
  const [experiment] = run.manifest.experiments as [Experiment]
  const [first, second] = [
    { ...one, verdict: 'reproduced' } as const,
    { ...one, verdict: 'cannot tell here' } as const,
  ]
  expect(whyNotOf([experiment, experiment], [first, second], summary)).toBe('1 of 2 reproduced')
})
