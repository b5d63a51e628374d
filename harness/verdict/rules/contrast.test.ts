import { expect, test } from 'vitest'
import type { Definition } from '../../matrix/experiment.ts'
import { summarize } from '../../result/summary.ts'
import { fakeRun, measuring } from '../../testing/fake-run.ts'
import { machine } from '../../testing/fixtures.ts'
import { judge } from '../judge.ts'
import type { JudgedCell } from '../judgement.ts'
import { judgedCell } from '../testing/judged-cell.ts'

const rule = { kind: 'contrast', factor: 'idle', of: 'spin', over: 'backoff', atMost: 0.5 } as const

function compared(low: number, median: number, high: number, changes: Partial<JudgedCell> = {}): JudgedCell {
  return judgedCell({
    factors: { strategy: 'replicated', replicas: 2, payloadWork: 'checksum', topology: 'tap', idle: 'spin' },
    contrast: { low, median, high, rounds: 9, coverage: 0.96 },
    ...changes,
  })
}

test('every gain within the bounds: reproduced, and the sentence says what was compared by what', () => {
  expect(judge(rule, [compared(0.1, 0.2, 0.3)], machine, 'goodput')).toEqual({
    verdict: 'reproduced',
    reasons: [
      'checksum: idle spin is 0.20 times as good as backoff by goodput (0.10 … 0.30), as claimed: at most 0.50.',
    ],
  })
})

test('cells are told apart by strategy and threads, where these differ', () => {
  const cell = compared(0.1, 0.2, 0.3)
  const other = { ...cell, factors: { ...cell.factors, strategy: 'pipelined' as const, replicas: 3 } }
  const { reasons } = judge(rule, [cell, other], machine, 'goodput')
  expect(reasons[0]).toMatch(/^replicated, N=2, checksum: /)
  expect(reasons[1]).toMatch(/^pipelined, N=3, checksum: /)
})

test.each([
  ['one within, one outside', 'partly', [compared(0.1, 0.2, 0.3), compared(0.6, 0.7, 0.8)]],
  ['one within, one on both sides', 'partly', [compared(0.1, 0.2, 0.3), compared(0.4, 0.5, 0.6)]],
  ['all outside', 'not reproduced', [compared(0.6, 0.7, 0.8), compared(0.9, 1, 1.1)]],
  ['one outside, one on both sides', 'cannot tell here', [compared(0.6, 0.7, 0.8), compared(0.4, 0.5, 0.6)]],
  ['nothing compared', 'cannot tell here', [compared(0, 0, 0, { contrast: null })]],
  ['wrong bytes', 'cannot tell here', [compared(0.1, 0.2, 0.3, { void: 1 })]],
  [
    'two rounds only',
    'cannot tell here',
    [compared(0, 0, 0, { contrast: { low: 0.1, median: 0.2, high: 0.3, rounds: 2, coverage: 0.5 } })],
  ],
])('%s: %s', (_, verdict, cells) => {
  expect(judge(rule, cells, machine, 'goodput').verdict).toBe(verdict)
})

test.each([
  ['below both bounds', 'not reproduced', compared(0.1, 0.2, 0.3)],
  ['between them', 'reproduced', compared(0.8, 0.9, 1.1)],
  ['above both', 'not reproduced', compared(2, 3, 4)],
])('a gain has to be between two bounds: %s, %s', (_, verdict, cell) => {
  expect(judge({ ...rule, atLeast: 0.7, atMost: 1.2 }, [cell], machine, 'goodput').verdict).toBe(verdict)
})

test('a machine that is too small confirms, and does not refute', () => {
  const verdict = (cell: JudgedCell) =>
    judge({ ...rule, refutableFromCores: 3 }, [cell], machine, 'goodput').verdict
  expect(verdict(compared(0.1, 0.2, 0.3))).toBe('reproduced')
  expect(verdict(compared(0.6, 0.7, 0.8))).toBe('cannot tell here')
})

const cells: Definition['cells'] = [
  { strategy: ['sequential'], payloadWork: ['checksum'] },
  {
    strategy: ['replicated'],
    replicas: [2],
    payloadWork: ['checksum'],
    idle: ['spin', 'backoff'],
    placement: ['together', 'free'],
  },
]

test('gains are ratios within rounds, of the cells that the rule looks at and of no others', () => {
  const verdict = { ...rule, where: { placement: ['together' as const] } }
  const run = fakeRun({
    definition: { cells, baselines: ['sequential'], verdict },
    sample: (sample) => {
      const { idle, placement } = sample.factors
      const share = placement === 'together' ? 0.25 : 0.75
      return measuring(sample, { goodputMbps: (1 + sample.round) * (idle === 'spin' ? share : 1) })
    },
  })
  const [experiment] = summarize(run.manifest, run.samples).experiments
  const contrasts = experiment?.cells.flatMap((cell) => (cell.contrast === null ? [] : [cell]))
  expect(contrasts?.map(({ cell }) => cell)).toEqual([
    'replicated-n2-checksum-idle-spin-placement-together-tap',
  ])
  expect(contrasts?.[0]?.contrast).toMatchObject({ median: 0.25, low: 0.25, high: 0.25, rounds: 7 })
  expect(experiment?.verdict).toBe('reproduced')
})

test('what is better if it is less gains by being less', () => {
  const requests = { messageBytes: [1024], offeredPerSecond: [500] }
  const run = fakeRun({
    definition: {
      workload: { kind: 'open-loop', seconds: 1, warmupSeconds: 1 },
      cells: [{ ...requests, strategy: ['replicated'], replicas: [1, 2], payloadWork: ['copy'] }],
      baselines: ['single-replica'],
      verdict: { kind: 'contrast', factor: 'replicas', of: 2, over: 1, atLeast: 0.67 },
    },
    sample: (sample) => ({
      ...sample,
      measures: { tailLatencyMicros: sample.factors.replicas === 2 ? 200 : 100 },
    }),
  })
  const [experiment] = summarize(run.manifest, run.samples).experiments
  expect(experiment?.verdict).toBe('not reproduced')
  expect(experiment?.reasons[0]).toContain('replicas 2 is 0.50 times as good as 1 by tail latency')
})
