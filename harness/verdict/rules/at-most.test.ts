import { expect, test } from 'vitest'
import type { Combined } from '../../measure/combine.ts'
import { machine } from '../../testing/fixtures.ts'
import { judge } from '../judge.ts'
import type { JudgedCell } from '../judgement.ts'
import { judgedCell } from '../testing/judged-cell.ts'

const rule = { kind: 'at-most', measure: 'duplicateAcks', limit: 0, over: 'outOfOrder' } as const

function cell(replicas: number, measures: Combined, changes: Partial<JudgedCell> = {}): JudgedCell {
  return judgedCell({
    factors: { strategy: 'replicated', replicas, topology: 'tap' },
    samples: 3,
    measures,
    ...changes,
  })
}

const sound = (replicas: number) => cell(replicas, { duplicateAcks: 0, outOfOrder: 12_345 })
const verdictOf = (...cells: JudgedCell[]) => judge(rule, cells, machine, 'requests').verdict

test('at the limit in every cell: reproduced, with what it was taken over', () => {
  expect(judge(rule, [sound(1), sound(8)], machine, 'requests')).toEqual({
    verdict: 'reproduced',
    reasons: [
      'N=1: dup. acks 0 over 12,345 at the receiver; at most 0 at the sender allowed.',
      'N=8: dup. acks 0 over 12,345 at the receiver; at most 0 at the sender allowed.',
    ],
  })
})

test.each<[string, string, JudgedCell[]]>([
  ['beyond in one', 'partly', [sound(1), cell(2, { duplicateAcks: 1, outOfOrder: 9 })]],
  [
    'beyond in one, the other unknown',
    'cannot tell here',
    [cell(1, {}), cell(2, { duplicateAcks: 1, outOfOrder: 9 })],
  ],
  ['beyond in all', 'not reproduced', [cell(2, { duplicateAcks: 1, outOfOrder: 9 })]],
  ['taken over nothing', 'cannot tell here', [sound(1), cell(2, { duplicateAcks: 0, outOfOrder: 0 })]],
  ['no cell that this machine can run', 'cannot tell here', []],
  ['not measured', 'cannot tell here', [sound(1), cell(2, {})]],
  ['a sample that failed', 'cannot tell here', [sound(1), { ...sound(2), failed: 1 }]],
  ['a digest that differed', 'not reproduced', [sound(1), { ...sound(2), void: 1, divergences: 1 }]],
])('%s: %s', (_, verdict, cells) => {
  expect(verdictOf(...cells)).toBe(verdict)
})

test('a median is within the limit if its whole interval is', () => {
  const goodput = { ...rule, measure: 'goodputMbps', limit: 100, over: 'outOfOrder' } as const
  const at = (low: number, high: number, samples = 9) => {
    const measures = { goodputMbps: { low, median: low, high }, outOfOrder: 1 }
    return judge(goodput, [cell(1, measures, { samples })], machine, '').verdict
  }
  expect(at(80, 100)).toBe('reproduced')
  expect(at(80, 101)).toBe('cannot tell here')
  expect(at(101, 102)).toBe('not reproduced')
  expect(at(80, 100, 2)).toBe('cannot tell here')
  expect(at(101, 102, 2)).toBe('cannot tell here')
})

test('a median over few rounds says so; a sum needs none', () => {
  const goodput = { ...rule, measure: 'goodputMbps', limit: 100 } as const
  const measures = { goodputMbps: { low: 80, median: 85, high: 90 }, outOfOrder: 1 }
  const reasonsOf = (samples: number) => judge(goodput, [cell(1, measures, { samples })], machine, '').reasons
  expect(reasonsOf(2)[0]).toMatch(/allowed; there are fewer than 3 rounds\.$/)
  expect(reasonsOf(3)).toHaveLength(2)
  expect(reasonsOf(3)[1]).toContain('75 %')
  expect(judge(rule, [{ ...sound(1), samples: 1 }], machine, '').verdict).toBe('reproduced')
})
