import { expect, test } from 'vitest'
import type { Experiment } from '../../harness/matrix/experiment.ts'
import { fakeRun } from '../../harness/testing/fake-run.ts'
import { groups } from './claims.ts'
import { claimsOf, inOrder } from './order.ts'

const [small] = fakeRun().manifest.experiments as [Experiment]
const named = (id: string): Experiment => ({ ...small, id })

test('groups come in the order of the argument, whatever the order of the run', () => {
  const names = ['virtual-cores', 'channel', 'replica-failure', 'fairness', 'strategies', 'work-ratio', 'udp']
  expect(inOrder(names.map(named)).map(({ name }) => name)).toEqual([
    'claims',
    'model',
    'rivals',
    'behaviour',
    'failure',
    'cost',
    'instrument',
  ])
})

test('an experiment that no claim names is in the last group, and brings its own claim', () => {
  const ordered = inOrder([small, named('tcp-send')])
  expect(ordered.map(({ name, experiments }) => [name, experiments.map(({ id }) => id)])).toEqual([
    ['claims', ['tcp-send']],
    ['further', ['small']],
  ])
  expect(groups.at(-1)?.name).toBe('further')
  expect(claimsOf([small]).map(({ by, text, experiments }) => [by, text, experiments])).toEqual([
    ['matrix', 'It runs.', ['small']],
  ])
})

test('claims of the abstract come first, and only those that the run tests', () => {
  const claims = claimsOf(['channel', 'fairness', 'udp'].map(named))
  expect(claims.map(({ id, experiments }) => [id, experiments])).toEqual([
    ['gain', ['udp']],
    ['behaviour', ['fairness']],
    ['channel', ['channel']],
  ])
})
