import { expect, test } from 'vitest'
import type { Factors } from '../../matrix/factors.ts'
import type { Combined } from '../../measure/combine.ts'
import { machine } from '../../testing/fixtures.ts'
import { judge } from '../judge.ts'
import type { JudgedCell } from '../judgement.ts'
import { judgedCell } from '../testing/judged-cell.ts'

const rule = { kind: 'lock-model', margin: 0.05 } as const

const exactly = (value: number) => ({ median: value, low: value, high: value })

function cell(factors: Partial<Factors>, measures: Combined, changes: Partial<JudgedCell> = {}): JudgedCell {
  return judgedCell({
    factors: { strategy: 'sequential', topology: 'tap', workRatio: 0.1, ...factors },
    measures,
    ...changes,
  })
}

/** s 1 µs and p 9 µs, the given s_l, and rates in thousands a second. */
function trio(
  section: number,
  lock: readonly [low: number, high: number],
  replicas: readonly [low: number, high: number],
  threads = 2,
  changes: Partial<JudgedCell> = {},
): JudgedCell[] {
  const rates = ([low, high]: readonly [number, number]) => ({
    requestsPerSecond: { low: 1000 * low, median: 500 * (low + high), high: 1000 * high },
  })
  const sectionMicros = exactly(section)
  return [
    cell({}, { stateMicros: exactly(1), payloadMicros: exactly(9) }),
    cell({ strategy: 'locked', replicas: threads }, { ...rates(lock), sectionMicros }, changes),
    cell({ strategy: 'replicated', replicas: threads }, rates(replicas)),
  ]
}

const judged = (cells: JudgedCell[]) => judge(rule, cells, machine, 'requests')

test('replicas win where the lock’s section is longer than all repeated work, as the model says', () => {
  expect(judged(trio(3, [158, 160], [170, 172]))).toEqual({
    verdict: 'reproduced',
    reasons: [
      'Of 1 comparisons replicas won 1, the lock 0.',
      'N=2: s 1.00 µs, s_l 3.00 µs, p 9.00 µs: the model says 167 k/s under the lock and 182 k/s by replicas; measured 159 k/s (158 k/s … 160 k/s) and 171 k/s (170 k/s … 172 k/s): replicas win, as the model says.',
    ],
  })
})

test.each<[string, string, JudgedCell[]]>([
  ['the lock wins as the model says', 'reproduced', trio(1.1, [190, 192], [170, 172])],
  ['the lock wins against the model', 'not reproduced', trio(3, [190, 192], [170, 172])],
  ['too close to be told apart', 'cannot tell here', trio(3, [160, 180], [170, 172])],
  ['as close as the model says', 'reproduced', trio(2, [175, 180], [178, 182])],
  ['a winner where the model names none', 'not reproduced', trio(2, [160, 162], [178, 182])],
  ['a lock that wins where the model names none', 'not reproduced', trio(2, [178, 182], [160, 162])],
  ['a winner by less than the margin', 'reproduced', trio(2, [175, 176], [178, 182])],
  ['a winner that may be beyond the margin', 'cannot tell here', trio(2, [170, 175], [178, 186])],
  ['too much noise to say that neither wins', 'cannot tell here', trio(2, [150, 190], [160, 200])],
  ['more threads than cores', 'cannot tell here', trio(3, [158, 160], [170, 172], 4)],
  ['few rounds', 'cannot tell here', trio(3, [158, 160], [170, 172], 2, { samples: 2 })],
  [
    'few rounds of the cell that s and p are from',
    'cannot tell here',
    trio(3, [158, 160], [170, 172]).map((each, index) => (index === 0 ? { ...each, samples: 2 } : each)),
  ],
  [
    'no lock to compare with',
    'cannot tell here',
    trio(3, [158, 160], [170, 172]).filter(({ factors }) => factors.strategy !== 'locked'),
  ],
  [
    'one that agrees, one that cannot be told',
    'partly',
    [...trio(3, [158, 160], [170, 172]), ...trio(3, [158, 160], [170, 172], 4).slice(1)],
  ],
])('%s: %s', (_, verdict, cells) => {
  expect(judged(cells).verdict).toBe(verdict)
})

test('samples that failed are named, and leave it open', () => {
  const { verdict, reasons } = judged(trio(3, [158, 160], [170, 172], 2, { failed: 1 }))
  expect(verdict).toBe('cannot tell here')
  expect(reasons.at(-1)).toBe('1 samples failed.')
})

test('a winner that the model does not name is told to be against it', () => {
  expect(judged(trio(2, [160, 162], [178, 182])).reasons[1]).toMatch(
    /: replicas win, by more than the model allows\.$/,
  )
  expect(judged(trio(2, [170, 175], [178, 186])).reasons[1]).toMatch(
    /: one may be ahead by more than the model allows\.$/,
  )
})

test('few rounds are said to be few', () => {
  const cells = trio(3, [158, 160], [170, 172]).map((each) => ({ ...each, samples: 3 }))
  const { verdict, reasons } = judged(cells)
  expect(verdict).toBe('reproduced')
  expect(reasons.at(-1)).toContain('75 %')
})
