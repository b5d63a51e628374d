import { expect, test } from 'vitest'
import type { VerdictRule } from '../matrix/experiment.ts'
import type { Factors } from '../matrix/factors.ts'
import type { JudgedCell } from './judgement.ts'
import { judgedCell } from './testing/judged-cell.ts'
import { remarksOnUnjudged } from './unjudged.ts'

const interval = { low: 1, median: 1, high: 1 }
const compared = { ...interval, rounds: 9, coverage: 0.96 }

function cell(factors: Partial<Factors>, samples = 9, changes: Partial<JudgedCell> = {}): JudgedCell {
  return judgedCell({
    factors: { strategy: 'replicated', topology: 'tap', ...factors },
    samples,
    speedupOverSequential: interval,
    speedupOverSingle: interval,
    roundsCompared: 9,
    speedupCoverage: 0.96,
    cost: compared,
    contrast: compared,
    overRival: compared,
    ...changes,
  })
}

const sequential = (factors: Partial<Factors>, samples = 9) =>
  cell({ strategy: 'sequential', ...factors }, samples)
const two = { replicas: 2 }
const gone = 'no sample of it counts, so it is not judged.'
const alone = 'no sample of it counts, so nothing is compared with it.'

const range: VerdictRule = { kind: 'speedup-range', low: 1, high: 4, refutableFromCores: 3 }
const contrast: VerdictRule = { kind: 'contrast', factor: 'idle', of: 'spin', over: 'park', atMost: 1 }
const trend: VerdictRule = {
  kind: 'trend',
  factor: 'segmentBytes',
  along: [536, 1460],
  speedup: 'rises',
  refutableFromCores: 3,
}
const crossover: VerdictRule = {
  kind: 'crossover',
  factor: 'connections',
  of: 'replicated',
  over: 'sharded',
  aheadAt: 'first',
  refutableFromCores: 3,
}

test.each<[string, VerdictRule, JudgedCell[], string[]]>([
  [
    'a baseline',
    range,
    [sequential({}, 0), cell(two, 9, { speedupOverSequential: null })],
    [`sequential: ${alone}`],
  ],
  [
    'the first value of a trend',
    trend,
    [cell({ ...two, segmentBytes: 536 }, 0), cell({ ...two, segmentBytes: 1460 })],
    [`536 B: ${gone}`],
  ],
  [
    'a ratio of the model',
    { kind: 'model', tolerance: 0.1 },
    [cell({ ...two, workRatio: 0.5 }), cell({ ...two, workRatio: 0.9 }, 0)],
    [`r = 0.9: ${gone}`],
  ],
  [
    'a cell that pays',
    { kind: 'cost', factor: 'digests', of: 'on', over: 'off', atMost: 0.03 },
    [cell({ digests: 'on' }, 0), cell({ digests: 'off' })],
    [`digests on: ${gone}`],
  ],
  [
    'the other side of a contrast',
    contrast,
    [cell({ idle: 'spin' }, 9, { contrast: null }), cell({ idle: 'park' }, 0)],
    [`park when idle: ${alone}`],
  ],
  [
    'a rival',
    crossover,
    [cell({ connections: 1 }), cell({ strategy: 'sharded', connections: 1 }, 0)],
    [`sharded: ${alone}`],
  ],
  [
    'a single replica',
    { kind: 'replicated-work', tolerance: 0.1, refutableFromCores: 3 },
    [cell({ replicas: 1 }, 0), cell(two)],
    [`N=1: ${alone}`],
  ],
  [
    'a lock',
    { kind: 'lock-model', margin: 0.05 },
    [sequential({}), cell({ strategy: 'locked', ...two }, 0), cell(two)],
    [`locked, N=2: ${alone}`],
  ],
  [
    'one of a group',
    { kind: 'flat', measure: 'requestNanos', along: ['replicas'], times: 2 },
    [
      ...[cell({ replicas: 1 }), cell(two)].map((each) => ({
        ...each,
        measures: { requestNanos: interval },
      })),
      cell({ replicas: 4 }, 0),
      cell({ replicas: 8 }),
    ],
    [`N=4: ${gone}`, 'N=8: what is compared was not measured.'],
  ],
  [
    'a disturbance',
    { kind: 'survival', gapMillis: 100 },
    [
      cell({ disturbance: 'none' }, 0),
      cell({ disturbance: 'kill' }, 0),
      cell({ disturbance: 'stall-1' }, 9, { disturbances: 9 }),
      cell({ disturbance: 'stall-10' }),
    ],
    [`replicas killed: ${gone}`, 'stalled 10 ms: no replica was disturbed.'],
  ],
])('%s without samples is named', (_, rule, cells, remarks) => {
  expect(remarksOnUnjudged(rule, cells)).toEqual(remarks)
})

test('two cells that no round has both of are no comparison', () => {
  const cells = [cell({ idle: 'spin' }, 4, { contrast: null }), cell({ idle: 'park' }, 5)]
  expect(remarksOnUnjudged(contrast, cells)).toEqual([
    'spin when idle: no round has it and what it is compared with.',
  ])
})

test('what the machine cannot run is not missing, nor is what it would be compared with', () => {
  expect(remarksOnUnjudged(contrast, [cell({ idle: 'spin' }, 9, { contrast: null })])).toEqual([])
})

test('nor is what the rule does not look at', () => {
  const cells = [
    cell(two),
    sequential({}),
    cell({ replicas: 1 }, 0),
    cell({ strategy: 'locked', ...two }, 0),
    cell({ strategy: 'linux', topology: 'veth' }, 0),
  ]
  expect(remarksOnUnjudged(range, cells)).toEqual([])
})
