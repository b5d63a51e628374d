import { expect, test } from 'vitest'
import type { Factors } from '../../matrix/factors.ts'
import type { FlatRule } from '../../matrix/measure-rules.ts'
import { machine } from '../../testing/fixtures.ts'
import { judge } from '../judge.ts'
import type { JudgedCell } from '../judgement.ts'
import { judgedCell } from '../testing/judged-cell.ts'

const rule: FlatRule = {
  kind: 'flat',
  measure: 'requestNanos',
  along: ['replicas', 'idle'],
  times: 1.5,
}

function cell(factors: Partial<Factors>, low: number, high = low, samples = 9): JudgedCell {
  return judgedCell({
    factors: { strategy: 'replicated', replicas: 1, idle: 'backoff', topology: 'tap', ...factors },
    samples,
    measures: { requestNanos: { low, median: (low + high) / 2, high } },
  })
}

const verdictOf = (...cells: JudgedCell[]) => judge(rule, cells, machine, 'request').verdict

test('cells that differ in one factor alone are compared, the largest with the least', () => {
  const cells = [cell({}, 100, 110), cell({ replicas: 2 }, 130, 140), cell({ idle: 'park' }, 120)]
  expect(judge(rule, cells, machine, 'request')).toEqual({
    verdict: 'reproduced',
    reasons: [
      'backoff when idle: request from 105 ns (N=1) to 135 ns (N=2), 1.29 times (1.18 … 1.40): at most 1.5 times.',
      'N=1: request from 105 ns (backoff when idle) to 120 ns (park when idle), 1.14 times (1.09 … 1.20): at most 1.5 times.',
    ],
  })
})

test.each<[string, string, JudgedCell[]]>([
  ['more than the limit', 'not reproduced', [cell({}, 100), cell({ replicas: 2 }, 151)]],
  ['on both sides', 'cannot tell here', [cell({}, 100), cell({ replicas: 2 }, 140, 160)]],
  [
    'flat in one factor only',
    'partly',
    [cell({}, 100), cell({ replicas: 2 }, 120), cell({ idle: 'park' }, 200)],
  ],
  [
    'one that is not flat, one that cannot be told',
    'cannot tell here',
    [cell({}, 100), cell({ replicas: 2 }, 151), cell({ idle: 'park' }, 140, 160)],
  ],
  ['too few rounds', 'cannot tell here', [cell({}, 100), cell({ replicas: 2 }, 100, 100, 2)]],
  ['nothing to compare', 'cannot tell here', [cell({}, 100), cell({ replicas: 2, idle: 'park' }, 100)]],
  ['a sample that failed', 'cannot tell here', [cell({}, 100), { ...cell({ replicas: 2 }, 100), failed: 1 }]],
])('%s: %s', (_, verdict, cells) => {
  expect(verdictOf(...cells)).toBe(verdict)
})

test('few rounds are said to be few', () => {
  const cells = [cell({}, 100, 110, 3), cell({ replicas: 2 }, 130, 140, 9)]
  const { verdict, reasons } = judge(rule, cells, machine, 'request')
  expect(verdict).toBe('reproduced')
  expect(reasons.at(-1)).toContain('75 %')
})
