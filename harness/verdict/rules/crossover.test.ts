import { describe, expect, test } from 'vitest'
import type { Definition } from '../../matrix/experiment.ts'
import { summarize } from '../../result/summary.ts'
import { fakeRun, measuring } from '../../testing/fake-run.ts'
import { machine } from '../../testing/fixtures.ts'
import { judge } from '../judge.ts'
import type { Compared, JudgedCell } from '../judgement.ts'
import { judgedCell } from '../testing/judged-cell.ts'

const rule = {
  kind: 'crossover',
  factor: 'connections',
  of: 'replicated',
  over: 'sharded',
  aheadAt: 'first',
  refutableFromCores: 3,
} as const

const manyCores = { ...machine, cores: 8 }

/** A ratio of this median with an interval of a tenth around it. */
const around = (median: number, changes: Partial<Compared> = {}): Compared => ({
  low: median - 0.05,
  median,
  high: median + 0.05,
  rounds: 9,
  coverage: 0.96,
  ...changes,
})

function cell(
  connections: number,
  overRival: Compared | null,
  changes: Partial<JudgedCell> = {},
): JudgedCell {
  return judgedCell({
    factors: { strategy: 'replicated', replicas: 2, payloadWork: 'checksum', topology: 'tap', connections },
    overRival,
    ...changes,
  })
}

/** A line over 1, 16, 256 … connections. */
const line = (...medians: number[]) => medians.map((median, index) => cell(16 ** index, around(median)))
const verdictOf = (cells: JudgedCell[], on = manyCores) => judge(rule, cells, on, 'goodput').verdict

test('ahead at one connection and behind at many: reproduced, and between which values', () => {
  expect(judge(rule, line(1.4, 1.2, 1, 0.8), machine, 'goodput')).toEqual({
    verdict: 'reproduced',
    reasons: [
      'the goodput of "replicated" over that of "sharded" is 1.40 (1.35 … 1.45) at 1 connection, 1.20 (1.15 … 1.25) at 16 connections, 1.00 (0.95 … 1.05) at 256 connections, 0.80 (0.75 … 0.85) at 4096 connections: they cross between 16 connections and 4096 connections.',
    ],
  })
})

test('values are put in order, whatever the order of the cells', () => {
  expect(verdictOf(line(1.4, 1, 0.8).toReversed())).toBe('reproduced')
})

test('a ratio that goes up and down again crosses more than once', () => {
  const { verdict, reasons } = judge(rule, line(1.4, 0.8, 1.3, 0.8), machine, 'goodput')
  expect(verdict).toBe('reproduced')
  expect(reasons[0]).toContain('they cross more than once.')
})

describe('on a machine with cores for all', () => {
  test.each([
    ['ahead at both ends', 'partly', [1.4, 1.2]],
    ['behind at both ends', 'partly', [0.8, 0.7]],
    ['the other way round', 'not reproduced', [0.8, 1.2]],
    ['unclear at one end', 'cannot tell here', [1.4, 1]],
    ['equal all along', 'cannot tell here', [1, 1.01]],
  ])('%s: %s', (_, verdict, medians) => {
    expect(verdictOf(line(...medians))).toBe(verdict)
  })
})

test.each([[[1.4, 1.2]], [[0.8, 0.7]], [[0.8, 1.2]], [[1, 1]]])(
  'where strategies, application and peer share the cores, %j refutes nothing',
  (medians) => {
    expect(verdictOf(line(...medians), machine)).toBe('cannot tell here')
  },
)

test('what is missing of the claim is said', () => {
  const { reasons } = judge(rule, line(0.8, 1, 0.7), machine, 'goodput')
  expect(reasons[0]).toContain(': at 1 connection it is behind, by the claim ahead.')
  expect(reasons[1]).toContain('2 cores cannot refute the claim')
})

test('the claim may be the other way round', () => {
  const { verdict, reasons } = judge({ ...rule, aheadAt: 'last' }, line(0.8, 1.1), machine, 'goodput')
  expect(verdict).toBe('reproduced')
  expect(reasons[0]).toContain('they cross between 1 connection and 16 connections')
})

test('each kind of communication has a line of its own', () => {
  const enciphered = line(1.4, 1.3).map(({ factors, ...others }): JudgedCell => {
    return { ...others, factors: { ...factors, payloadWork: 'cipher' } }
  })
  const { verdict, reasons } = judge(rule, [...line(1.4, 0.8), ...enciphered], manyCores, 'goodput')
  expect(verdict).toBe('partly')
  expect(reasons[0]).toMatch(/^checksum: the goodput .* cross between/)
  expect(reasons[1]).toMatch(/^cipher: the goodput .*: at 16 connections it is ahead, by the claim behind\.$/)
})

test('two rounds are too few, and few are said to be few', () => {
  const few = { rounds: 2, coverage: 0.5 }
  const cells = [cell(1, around(1.4, few)), cell(16, around(0.8, few))]
  const { verdict, reasons } = judge(rule, cells, manyCores, 'goodput')
  expect(verdict).toBe('cannot tell here')
  expect(reasons[0]).toContain(
    'at 1 connection fewer than 3 rounds could be compared; at 16 connections fewer',
  )
  expect(reasons[1]).toContain('50 %')
})

test('one value, or none that was compared, is no line', () => {
  for (const cells of [[], line(1.4), [cell(1, around(1.4)), cell(16, null)]]) {
    expect(judge(rule, cells, manyCores, 'goodput')).toEqual({
      verdict: 'cannot tell here',
      reasons: [
        'No two cells of "replicated" could be compared with "sharded" at different values of connections.',
      ],
    })
  }
})

test('an end that was not compared is not replaced by its neighbour', () => {
  const cells = [cell(1, around(1.4)), cell(16, around(0.8)), cell(256, null)]
  const { verdict, reasons } = judge(rule, cells, manyCores, 'goodput')
  expect(verdict).toBe('cannot tell here')
  expect(reasons[0]).toBe(
    'the goodput of "replicated" over that of "sharded" is 1.40 (1.35 … 1.45) at 1 connection, 0.80 (0.75 … 0.85) at 16 connections: at 256 connections nothing was compared.',
  )
  const first = [cell(1, null), cell(16, around(1.4)), cell(256, around(0.8))]
  expect(verdictOf(first)).toBe('cannot tell here')
  expect(verdictOf(first, machine)).toBe('cannot tell here')
})

test('a line of which nothing was compared leaves the others in part', () => {
  const enciphered = [cell(1, null), cell(16, null)].map(({ factors, ...others }): JudgedCell => {
    return { ...others, factors: { ...factors, payloadWork: 'cipher' } }
  })
  const { verdict, reasons } = judge(rule, [...line(1.4, 0.8), ...enciphered], manyCores, 'goodput')
  expect(verdict).toBe('partly')
  expect(reasons[1]).toBe(
    'cipher: the goodput of "replicated" over that of "sharded" was not measured: at 1 connection nothing was compared; at 16 connections nothing was compared.',
  )
})

test('a value between without samples is named, and the claim holds in part', () => {
  const cells = [cell(1, around(1.4)), cell(16, null, { samples: 0 }), cell(256, around(0.8))]
  const { verdict, reasons } = judge(rule, cells, manyCores, 'goodput')
  expect(verdict).toBe('partly')
  expect(reasons.at(-1)).toBe('16 connections: no sample of it counts, so it is not judged.')
})

const crossing: Partial<Definition> = {
  cells: [
    { strategy: ['sequential'], payloadWork: ['checksum'], connections: [1, 8] },
    { strategy: ['replicated'], replicas: [2], payloadWork: ['checksum'], connections: [1, 8], chunk: [4] },
    { strategy: ['sharded'], replicas: [2], payloadWork: ['checksum'], connections: [1, 8] },
  ],
  baselines: ['sequential'],
  verdict: rule,
}

test('ratios are taken within a round, over the cell of the other strategy that agrees in what both have', () => {
  const pace = [1, 4, 2, 8, 1, 1, 2]
  const run = fakeRun({
    definition: crossing,
    sample: (sample) => {
      const { strategy, connections } = sample.factors
      const ratio = strategy !== 'replicated' ? 1 : connections === 1 ? 1.5 : 0.5
      return measuring(sample, { goodputMbps: 100 * (pace[sample.round] as number) * ratio })
    },
  })
  const [summary] = summarize(run.manifest, run.samples).experiments
  expect(
    summary?.cells.map(({ factors, overRival }) => [factors.strategy, overRival?.median, overRival?.rounds]),
  ).toEqual([
    ['sequential', undefined, undefined],
    ['sequential', undefined, undefined],
    ['replicated', 1.5, 7],
    ['replicated', 0.5, 7],
    ['sharded', undefined, undefined],
    ['sharded', undefined, undefined],
  ])
  expect(summary?.cells.every(({ cost }) => cost === null)).toBe(true)
  expect(summary).toMatchObject({ verdict: 'reproduced' })
})
