import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { resolveDefinition } from '../matrix/load.ts'
import { schedule } from '../matrix/schedule.ts'
import type { Sample } from '../result/sample.ts'
import { fakeRun } from '../testing/fake-run.ts'
import { smallDefinition } from '../testing/fixtures.ts'
import { formatDuration, LineProgress } from './progress.ts'

test('durations read as a person would say them', () => {
  expect([400, 42_000, 89_000, 12 * 60_000, 65 * 60_000].map(formatDuration)).toEqual([
    '1 s',
    '42 s',
    '89 s',
    '12 min',
    '1 h 05 min',
  ])
})

test('the time left follows from what each cell took', () => {
  const planned = schedule([resolveDefinition('small.ts', smallDefinition)], 'quick', 1)
  const lines: string[] = []
  const progress = new LineProgress(planned, (line) => lines.push(stripVTControlCharacters(line)))
  const sample = fakeRun().samples[0] as Sample
  const [first, ...others] = planned
  for (const scheduled of planned.slice(0, 7)) {
    progress.sampled(scheduled, sample, scheduled.cell === first?.cell ? 60_000 : 10_000)
  }
  expect(lines[0]).toContain('[ 1/14] small ')
  expect(lines[0]).toContain(': 374 Mbit/s')
  // 13 more samples like the only one seen
  expect(lines[0]).toContain('about 13 min left')
  // the second round: one of 60 s, six of 10 s
  expect(lines[6]).toContain('about 2 min left')
  progress.sampled(others.at(-1) as (typeof planned)[0], sample, 10_000)
  expect(lines[7]).not.toContain('left')
})
