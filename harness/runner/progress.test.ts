import { stripVTControlCharacters } from 'node:util'
import { beforeEach, expect, test } from 'vitest'
import type { MeasuredSample, Sample } from '../result/sample.ts'
import { fakeRun, halfTaken } from '../testing/fake-run.ts'
import { LineProgress, type Progress, type Taken, TerminalProgress } from './progress.ts'

const { manifest, samples } = fakeRun()
const [experiment] = manifest.experiments
const lines: string[] = []
beforeEach(() => void lines.splice(0))
const write = (line: string) => lines.push(stripVTControlCharacters(line))

/** Tells of the first `count` samples; the last may be another. */
function tell(progress: Progress, count: number, last: Partial<Taken> = {}) {
  if (experiment === undefined) throw new Error('no experiment')
  for (let order = 0; order < count; order += 1) {
    const sample = { ...(samples[order] as MeasuredSample), tookMillis: 10_000 }
    const cell = experiment.cells.find(({ id }) => id === sample.cell)
    if (cell === undefined) throw new Error('no cell')
    const ahead = experiment.cells.map((each) => ({ experiment, cell: each }))
    progress.sampled({
      scheduled: { experiment, cell, round: sample.round, attempt: 0, order, seed: 1 },
      sample,
      samples: samples.slice(0, order + 1),
      planned: 14,
      ahead,
      isOpenEnded: false,
      ...(order === count - 1 ? last : {}),
    })
  }
}

test('a line says place, cell, value, ratio so far and the time that is left', () => {
  tell(new LineProgress(write), samples.length)
  expect(lines[0]).toMatch(/^\[ 1\/14\] small \S+, round 1: [\d.]+ (Mbit|Gbit)\/s, about 70 s left$/)
  const replicated = lines.filter((line) => line.includes('replicated-n2-cipher-tap'))
  expect(replicated.at(-1)).toMatch(/[\d.]+ times sequential-cipher-tap \([\d.]+ … [\d.]+\)/)
})

test('a run that may need more rounds says at least how long it takes', () => {
  tell(new LineProgress(write), 1, { isOpenEnded: true })
  tell(new LineProgress(write), 1, { isOpenEnded: true, ahead: [] })
  expect(lines[0]).toContain(', at least 70 s left')
  expect(lines[1]).toContain(', more rounds if the ratios differ much')
})

test('a disturbed sample says that it does not count, and why', () => {
  const sample = { ...(samples[0] as MeasuredSample), interference: halfTaken }
  tell(new LineProgress(write), 1, { sample })
  expect(lines[0]).toContain('does not count: others used 50 % of a processor, most of it "yes"')
})

test('a failure is explained once', () => {
  const { status: _, ...identity } = samples[0] as MeasuredSample
  const failure = { reason: 'The peer died.', remedy: 'Look at its log.' }
  const failed = { ...identity, status: 'failed', failure } as unknown as Sample
  const progress = new LineProgress(write)
  tell(progress, 1, { sample: failed })
  tell(progress, 1, { sample: failed })
  expect(lines.filter((line) => line.includes('The peer died.'))).toEqual([
    'The peer died.\n  → Look at its log.',
  ])
})

test('on a terminal all cells of the experiment are redrawn, and what has to be read stays', () => {
  const drawn: string[] = []
  const progress = new TerminalProgress({
    draw: (text) => drawn.push(stripVTControlCharacters(text)),
    keep: write,
    done: () => drawn.push('done'),
  })
  progress.started('today', 14, 0)
  tell(progress, 9)
  progress.note('Something to know.')
  progress.ended()
  expect(lines).toEqual(['Run today: 14 samples, or more where they differ much.', 'Something to know.'])
  expect(drawn.at(-1)).toBe('done')
  const last = drawn.at(-2)?.split('\n') ?? []
  expect(last[0]).toBe(experiment?.title)
  expect(last[1]).toMatch(/^\[ 9\/14\] small .*about 70 s left$/)
  expect(last.slice(2).map((row) => row.trim().split(':')[0])).toEqual(experiment?.cells.map(({ id }) => id))
})
