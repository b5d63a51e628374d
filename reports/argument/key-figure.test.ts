import { expect, test } from 'vitest'
import type { Definition, Experiment } from '../../harness/matrix/experiment.ts'
import { summarize } from '../../harness/result/summary.ts'
import { fakePredictedRun, fakeRun, measuring } from '../../harness/testing/fake-run.ts'
import { keyFigureOf } from './key-figure.ts'

function figureIn({ manifest, samples, predictions }: ReturnType<typeof fakeRun>) {
  const summary = summarize(manifest, samples, predictions)
  const [own] = summary.experiments
  if (own === undefined) throw new Error('The fake run has an experiment.')
  return keyFigureOf(manifest.experiments[0] as Experiment, own)
}

test('gains go from the least median to the largest, with the ends of their intervals', () => {
  const gain = { checksum: 1.2, copy: 1, cipher: 1.8, none: 1 }
  const run = fakeRun({
    sample: (sample) => {
      const { replicas, payloadWork = 'copy' } = sample.factors
      const ripple = sample.round === 0 ? 1.01 : 1
      return measuring(sample, { goodputMbps: replicas === 2 ? 100 * gain[payloadWork] * ripple : 100 })
    },
  })
  expect(figureIn(run)).toEqual({ what: 'gain', value: '+20 … +80\u00a0%', range: '+20 … +82\u00a0%' })
})

test('nothing that was measured has no figure', () => {
  expect(figureIn({ ...fakeRun(), samples: [] })).toBeNull()
})

test('errors of predictions have a median and a largest one', () => {
  expect(figureIn(fakePredictedRun())?.what).toBe('median error')
})

test('a cost is a share', () => {
  const definition: Partial<Definition> = {
    cells: [{ strategy: ['replicated'], replicas: [1, 2], payloadWork: ['cipher'], digests: ['on', 'off'] }],
    baselines: ['single-replica'],
    verdict: { kind: 'cost', factor: 'digests', of: 'on', over: 'off', atMost: 0.03 },
    rounds: { full: 7, quick: 2, target: 0.01 },
  }
  const run = fakeRun({
    definition,
    sample: (sample) => measuring(sample, { goodputMbps: sample.factors.digests === 'on' ? 98 : 100 }),
  })
  expect(figureIn(run)).toEqual({ what: 'digests on costs', value: '2.0\u00a0%', range: '' })
})
