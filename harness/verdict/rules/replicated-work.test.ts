import { expect, test } from 'vitest'
import { machine } from '../../testing/fixtures.ts'
import type { JudgedCell } from '../judgement.ts'
import { judgedCell } from '../testing/judged-cell.ts'
import { judgeByReplicatedWork, workOf } from './replicated-work.ts'

const rule = { kind: 'replicated-work', tolerance: 0.1, refutableFromCores: 4 } as const

function cell(replicas: number, busy: number, speedup: number, samples = 9): JudgedCell {
  return judgedCell({
    factors: { strategy: 'replicated', replicas, payloadWork: 'checksum', topology: 'tap' },
    samples,
    speedupOverSingle: { low: speedup, median: speedup, high: speedup },
    work: { busy, polling: 1, application: 1 },
    roundsCompared: samples,
    speedupCoverage: 0.96,
  })
}

test('replicas that are as fast as what they repeat allows: reproduced', () => {
  // 5 s become 7: r = 0.4, S(2) = 2 / 1.4.
  const { verdict, reasons } = judgeByReplicatedWork(rule, [cell(1, 5, 1), cell(2, 7, 1.4)], machine)
  expect(verdict).toBe('reproduced')
  expect(reasons).toEqual([
    'checksum, N=2: 1.40 times the work of one replica, r = 0.40, so the model says 1.43 times its speed; measured 1.40 (−2 %).',
  ])
})

test('slower ones refute it only where they had processors', () => {
  const cells = [cell(1, 5, 1), cell(2, 7, 1)]
  expect(judgeByReplicatedWork(rule, cells, machine).verdict).toBe('cannot tell here')
  expect(judgeByReplicatedWork(rule, cells, { ...machine, cores: 8 }).verdict).toBe('not reproduced')
})

test('one sample says nothing, nor do cells without a single replica', () => {
  const once = [cell(1, 5, 1, 1), cell(2, 7, 1.4, 1)]
  expect(judgeByReplicatedWork(rule, once, machine).verdict).toBe('cannot tell here')
  const fewOfOne = [cell(1, 5, 1, 2), cell(2, 7, 1.4)]
  expect(judgeByReplicatedWork(rule, fewOfOne, machine).verdict).toBe('cannot tell here')
  expect(judgeByReplicatedWork(rule, [cell(2, 7, 1.4)], machine).verdict).toBe('cannot tell here')
})

test('work is what threads took, without what polled in vain', () => {
  const all = (median: number) => ({ median, low: median, high: median })
  const measures = {
    threadSecondsPerGigabyte: all(7),
    pollingSecondsPerGigabyte: all(2),
    applicationSecondsPerGigabyte: all(1),
  }
  expect(workOf(measures)).toEqual({ busy: 5, polling: 2, application: 1 })
  expect(workOf({ ...measures, pollingSecondsPerGigabyte: null })).toBeNull()
})
