import { expect, test } from 'vitest'
import type { Definition, Experiment } from '../matrix/experiment.ts'
import { resolveDefinition } from '../matrix/load.ts'
import type { ScheduledSample } from '../matrix/schedule.ts'
import { markUnsupported } from '../matrix/unsupported.ts'
import type { MeasuredSample, Sample } from '../result/sample.ts'
import { halfTaken } from '../testing/fake-run.ts'
import { fakeMeasurement } from '../testing/fake-sampler.ts'
import { machine, placedCells, smallDefinition } from '../testing/fixtures.ts'
import { Agenda, type AgendaOptions } from './agenda.ts'

const interference = halfTaken

type Change = (sample: MeasuredSample) => Sample | MeasuredSample

/** Takes samples as the agenda says, until it says no more. Odd rounds differ from even ones by `spread`. */
function takeAll(
  agenda: Agenda,
  { spread = 0, change = ((sample) => sample) as Change, onNext = (_next: ScheduledSample) => {} } = {},
): Sample[] {
  const samples: Sample[] = []
  for (let next = agenda.next(); next !== undefined; next = agenda.next()) {
    onNext(next)
    const { experiment, cell, round, attempt, order } = next
    const measured = fakeMeasurement(cell, 0)
    const isOdd = round % 2 === 1 && cell.factors.strategy === 'replicated'
    const goodputMbps = (measured.measures.goodputMbps as number) * (isOdd ? 1 + spread : 1)
    const sample: MeasuredSample = {
      ...measured,
      status: 'measured',
      measures: { ...measured.measures, goodputMbps },
      experiment: experiment.id,
      cell: cell.id,
      factors: cell.factors,
      round,
      attempt,
      order,
      startedAt: '2026-01-02T03:04:05.000Z',
      tookMillis: 1000,
      log: '',
    }
    const changed = change(sample) as Sample
    samples.push(changed)
    agenda.note(changed)
    if (samples.length > 2000) throw new Error('the agenda does not end')
  }
  return samples
}

function open(changes: Partial<Definition> = {}, options: Partial<AgendaOptions> = {}, ids = ['small']) {
  const experiments = ids.map((id) =>
    resolveDefinition(`${id}.ts`, {
      ...smallDefinition,
      rounds: { full: 21, quick: 3 },
      ...changes,
      id,
    }),
  )
  const agenda = (there: readonly Sample[] = []) =>
    new Agenda({ experiments, profile: 'full', seed: 7, ...options }, there)
  return { agenda, cells: experiments[0]?.cells.length ?? 0 }
}

const roundsOf = (samples: readonly Sample[], id = 'small') =>
  Math.max(-1, ...samples.filter(({ experiment }) => experiment === id).map(({ round }) => round)) + 1

test('an experiment whose ratios hardly differ ends after seven rounds, one whose ratios do has the most', () => {
  expect(roundsOf(takeAll(open().agenda()))).toBe(7)
  expect(roundsOf(takeAll(open().agenda(), { spread: 0.3 }))).toBe(21)
})

test('what comes after a sample in its round is known before, with its seed', () => {
  const agenda = open({ rounds: { full: 7, quick: 1 } }, { profile: 'quick' }).agenda()
  const foreseen: object[][] = []
  const taken: object[] = []
  takeAll(agenda, {
    onNext: (next) => {
      taken.push({ cell: next.cell.id, seed: next.seed })
      foreseen.push(agenda.after(next).map(({ cell, seed }) => ({ cell: cell.id, seed })))
    },
  })
  expect(taken.length).toBeGreaterThan(1)
  for (const [index, rest] of foreseen.entries()) expect(rest).toEqual(taken.slice(index + 1))
})

test('an experiment may be content with less', () => {
  const rounds = { full: 21, quick: 3, target: 0.2 }
  expect(roundsOf(takeAll(open({ rounds }).agenda(), { spread: 0.3 }))).toBe(7)
})

test('a quick run has its own rounds, however they differ', () => {
  const samples = takeAll(open({}, { profile: 'quick' }).agenda(), { spread: 0.3 })
  expect(roundsOf(samples)).toBe(3)
})

test('interrupted anywhere, a run takes the same samples in the same order', () => {
  const { agenda } = open({}, {}, ['small', 'other'])
  const whole = takeAll(agenda(), { spread: 0.3 })
  for (const at of [0, 1, 6, 7, 50, whole.length - 1, whole.length]) {
    const there = whole.slice(0, at)
    expect([...there, ...takeAll(agenda(there), { spread: 0.3 })]).toEqual(whole)
  }
})

test('what is sure to come is counted, and shrinks to nothing', () => {
  const { agenda, cells } = open({}, {}, ['small', 'other'])
  const all = agenda()
  expect(all.planned).toBe(2 * 7 * cells)
  takeAll(all, { spread: 0.3 })
  expect(all).toMatchObject({ taken: 2 * 21 * cells, planned: 2 * 21 * cells })
})

test('a disturbed sample is taken again at once, at most twice, with a seed of its own', () => {
  const { agenda } = open()
  const samples = takeAll(agenda(), {
    change: (sample) =>
      sample.round === 0 && sample.cell === 'sequential-cipher-tap' ? { ...sample, interference } : sample,
  })
  const own = samples.filter(({ cell, round }) => cell === 'sequential-cipher-tap' && round === 0)
  expect(own.map(({ attempt }) => attempt)).toEqual([0, 1, 2])
  const [first = 0, , last] = own.map(({ order }) => order)
  expect(last).toBe(first + 2)
})

test('while the disturbance lasts, no more is taken again than the experiment has to have', () => {
  const { agenda, cells } = open({ rounds: { full: 7, quick: 3 } })
  const samples = takeAll(agenda(), { change: (sample) => ({ ...sample, interference }) })
  expect(samples).toHaveLength(2 * 7 * cells)
})

test('what failed is not taken again', () => {
  const { agenda, cells } = open({}, { profile: 'quick' })
  const failure = { reason: 'The peer died.', remedy: 'None.' }
  const samples = takeAll(agenda(), {
    change: (sample) => ({ ...sample, status: 'failed', failure }) as unknown as Sample,
  })
  expect(samples).toHaveLength(3 * cells)
})

test('with a budget every experiment has its fewest rounds first, then the least certain has more', () => {
  const { agenda, cells } = open({}, { budgetMinutes: (28 * 7) / 60 }, ['small', 'other'])
  expect(cells).toBe(7)
  const samples = takeAll(agenda(), {
    change: (sample) => {
      const isWide = sample.experiment === 'other' && sample.round % 2 === 1
      if (!isWide || sample.factors.strategy !== 'replicated') return sample
      const goodputMbps = 1.4 * (sample.measures.goodputMbps as number)
      return { ...sample, measures: { ...sample.measures, goodputMbps } }
    },
  })
  // 28 rounds of seven seconds: seven of the one that is certain, all others for the one that is not.
  expect([roundsOf(samples), roundsOf(samples, 'other')]).toEqual([7, 21])
  expect(samples.slice(0, 98).map(({ experiment }) => experiment)).toEqual([
    ...Array(49).fill('small'),
    ...Array(49).fill('other'),
  ])
})

test('a budget that is too small ends the run after a whole round, and says so', () => {
  const { agenda, cells } = open({}, { budgetMinutes: 0.4 })
  const all = agenda()
  const samples = takeAll(all)
  expect(samples).toHaveLength(4 * cells)
  expect(all.isCutShort).toBe(true)
  expect(all.planned).toBe(7 * cells)
})

test('cells that the machine cannot run are left out, and so are experiments of nothing else', () => {
  const experiments = ['first', 'second'].map((id) =>
    markUnsupported(
      resolveDefinition(`${id}.ts`, {
        ...smallDefinition,
        id,
        cells: placedCells,
        baselines: ['sequential'],
      }),
      machine,
    ),
  )
  const [first, second] = experiments as [Experiment, Experiment]
  const unsupported = first.cells.filter((cell) => cell.unsupported !== undefined)
  expect(unsupported).toHaveLength(1)
  const none = { ...first, cells: unsupported }
  const agenda = new Agenda({ experiments: [none, second], profile: 'quick', seed: 7 })
  const supported = second.cells.length - unsupported.length
  expect(agenda.planned).toBe(2 * supported)
  const samples = takeAll(agenda)
  expect(new Set(samples.map(({ cell }) => cell)).size).toBe(supported)
  expect(samples.map(({ experiment }) => experiment)).toEqual(Array(2 * supported).fill('second'))
  expect(agenda.isCutShort).toBe(false)
})
