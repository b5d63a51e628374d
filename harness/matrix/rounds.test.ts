import { expect, test } from 'vitest'
import { smallDefinition } from '../testing/fixtures.ts'
import { resolveDefinition } from './load.ts'
import { roundsOf, wordsOfRounds } from './rounds.ts'

const withVerdict = (verdict: (typeof smallDefinition)['verdict']) =>
  resolveDefinition('small.ts', { ...smallDefinition, verdict, rounds: { full: 21, quick: 3 } })

test('a full run ends an experiment early only if its verdict is on the ratios that it goes by', () => {
  const onRatios = withVerdict({ kind: 'speedup-range', low: 1.15, high: 4, refutableFromCores: 3 })
  expect(roundsOf(onRatios, 'full')).toEqual({ fewest: 7, most: 21 })
  expect(wordsOfRounds(onRatios, 'full', 2)).toBe('14 to 42')
  const onGaps = withVerdict({ kind: 'survival', gapMillis: 100 })
  expect(roundsOf(onGaps, 'full')).toEqual({ fewest: 21, most: 21 })
})

test('a quick run has its rounds, whatever they show', () => {
  const experiment = withVerdict({ kind: 'speedup-range', low: 1.15, high: 4, refutableFromCores: 3 })
  expect(roundsOf(experiment, 'quick')).toEqual({ fewest: 3, most: 3 })
})
