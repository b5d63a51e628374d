import { expect, test } from 'vitest'
import { fakeRun, halfTaken, measuring } from '../testing/fake-run.ts'
import { placedCells } from '../testing/fixtures.ts'
import type { MeasuredSample } from './sample.ts'
import type { Run } from './store.ts'
import { type CellSummary, summarize } from './summary.ts'

function cellOf(run: Run, id: string): CellSummary {
  const cell = summarize(run.manifest, run.samples).experiments[0]?.cells.find(
    (candidate) => candidate.cell === id,
  )
  if (cell === undefined) throw new Error(`no cell ${id}`)
  return cell
}

/** A goodput of 100 Mbit/s times the factor that the test gives for a sample. */
const paced = (factor: (sample: MeasuredSample) => number) => (sample: MeasuredSample) =>
  measuring(sample, { goodputMbps: 100 * factor(sample) })

test('a summary has run, machine, and every cell of every experiment with its factors', () => {
  const { manifest, samples } = fakeRun()
  const summary = summarize(manifest, samples)
  expect(summary).toMatchObject({ run: manifest.run, complete: true, machine: { cores: 2 } })
  expect(summary.experiments.map(({ id, cells }) => [id, cells.length])).toEqual([['small', 7]])
  expect(summary.experiments[0]?.cells[0]).toMatchObject({ samples: 7, factors: { strategy: 'sequential' } })
})

test('speed-up is the median of the ratios within rounds, not the ratio of medians', () => {
  const pace = [1, 4, 2, 8, 1, 1, 2]
  const gain = [1.5, 1.6, 1.4, 1.5, 1.7, 1.5, 1.3]
  const run = fakeRun({
    sample: paced(
      ({ round, factors }) =>
        (pace[round] as number) * (factors.replicas === 2 ? (gain[round] as number) : 1),
    ),
  })
  const cell = cellOf(run, 'replicated-n2-checksum-tap')
  expect(cell.speedupOverSequential?.median).toBeCloseTo(1.5, 9)
  expect(cell.speedupOverSequential?.low).toBeCloseTo(1.3, 9)
  expect(cell.speedupOverSequential?.high).toBeCloseTo(1.7, 9)
  expect(cell.speedupOverSingle?.median).toBeCloseTo(1.5, 9)
})

test('the Linux reference has goodput, but no speed-up', () => {
  const cell = cellOf(fakeRun(), 'linux-offload-on-veth')
  expect(cell.measures.goodputMbps?.median).toBeGreaterThan(0)
  expect(cell).toMatchObject({
    speedupOverSequential: null,
    speedupOverSingle: null,
    measures: { outOfOrder: null },
  })
})

test('counts are sums over the samples', () => {
  const run = fakeRun()
  const own = run.samples.filter((sample) => sample.cell === 'replicated-n2-cipher-tap')
  expect(cellOf(run, 'replicated-n2-cipher-tap')).toMatchObject({
    delivered: { bytes: { sent: own.length * 1_000_000, verified: own.length * 1_000_000 } },
    measures: { retransmits: own.reduce((sum, { round }) => sum + 3 + round, 0) },
    digestsCompared: own.length * 500,
    divergences: 0,
  })
})

test('a failed sample leaves its round out of the ratios, and is counted', () => {
  const run = fakeRun({
    sample: (sample) => {
      if (sample.cell !== 'sequential-cipher-tap' || sample.round !== 3) return sample
      const { experiment, cell, factors, round, attempt, order, startedAt, log } = sample
      const failure = { reason: 'The peer died.', remedy: 'None.' }
      return { experiment, cell, factors, round, attempt, order, startedAt, log, status: 'failed', failure }
    },
  })
  expect(cellOf(run, 'sequential-cipher-tap')).toMatchObject({ samples: 6, failed: 1 })
  expect(cellOf(run, 'replicated-n2-cipher-tap')).toMatchObject({ samples: 7, roundsCompared: 6 })
})

test('a disturbed sample leaves its round out of the ratios, and is counted', () => {
  const run = fakeRun({
    sample: (sample) =>
      sample.cell === 'sequential-cipher-tap' && sample.round === 3
        ? { ...sample, interference: halfTaken }
        : sample,
  })
  expect(cellOf(run, 'sequential-cipher-tap')).toMatchObject({ samples: 6, disturbed: 1, void: 0 })
  expect(cellOf(run, 'replicated-n2-cipher-tap')).toMatchObject({ samples: 7, roundsCompared: 6 })
})

test('a tenth of a processor, and a peer that could do no more, disturb no sample', () => {
  const interference = { ...halfTaken, foreignMicros: 90_000 }
  const run = fakeRun({
    sample: (sample) => ({
      ...sample,
      interference,
      cpuMicros: { stack: 1e6, peer: sample.round * 200_000 },
    }),
  })
  expect(cellOf(run, 'sequential-cipher-tap')).toMatchObject({ samples: 7, disturbed: 0, peerSaturated: 2 })
})

test('a void sample counts for nothing but itself', () => {
  const run = fakeRun({
    sample: (sample) =>
      sample.cell === 'replicated-n2-cipher-tap' && sample.round === 0
        ? { ...measuring(sample, { goodputMbps: 99_999 }), divergences: 2 }
        : sample,
  })
  const cell = cellOf(run, 'replicated-n2-cipher-tap')
  expect(cell).toMatchObject({ samples: 6, void: 1, divergences: 2 })
  expect(cell.measures.goodputMbps?.high).toBeLessThan(99_999)
})

test('no verdict rests on a cell that the machine cannot run, and the reason is told', () => {
  const verdictOf = (cells: typeof placedCells) => {
    const run = fakeRun({ definition: { cells, baselines: ['sequential'] } })
    const [experiment] = summarize(run.manifest, run.samples).experiments
    if (experiment === undefined) throw new Error('no experiment')
    return experiment
  }
  const whole = verdictOf(placedCells)
  const [sequential, two] = placedCells as [(typeof placedCells)[0], (typeof placedCells)[0]]
  const four: typeof two = { ...two, replicas: [4], placement: ['doubled'] }
  const supported = verdictOf([sequential, two, four])
  expect(whole.verdict).toBe(supported.verdict)
  expect(whole.reasons).toEqual([
    ...supported.reasons,
    '1 of 5 cells was not measured here: 4 threads a core each need 4 cores, and this machine has 2.',
  ])
  expect(whole.cells.find(({ unsupported }) => unsupported !== null)).toMatchObject({
    cell: 'replicated-n4-checksum-placement-apart-tap',
    samples: 0,
    failed: 0,
  })
})

test('a summary without samples is a summary still', () => {
  const { manifest } = fakeRun()
  const summary = summarize(manifest, [])
  expect(summary.experiments[0]).toMatchObject({ verdict: 'cannot tell here' })
  expect(summary.experiments[0]?.cells[0]).toMatchObject({
    samples: 0,
    measures: { goodputMbps: null, retransmits: null },
  })
  expect(() => JSON.stringify(summary)).not.toThrow()
})
