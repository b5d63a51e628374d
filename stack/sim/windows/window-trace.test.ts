import { expect, test } from 'vitest'
import { ActionQueue } from '../../dominoes/contract/action-queue.ts'
import { stateWords } from '../../protocol/machine.ts'
import { planLayout } from '../../protocol/state/layout.ts'
import { tcbRecord } from '../../protocol/state/tcb.ts'
import { testConfig } from '../../protocol/testing/host.ts'
import {
  compareTraces,
  countWindows,
  traceBytes,
  traceDomain,
  WindowTrace,
  windowVariables,
} from './window-trace.ts'

type Fields = Partial<Record<'cwnd' | 'ssthresh' | 'sndWnd' | 'sndNxt' | 'sndUna' | 'rto', number>>

/** A machine whose requests do nothing but set fields of its first connection. */
function traced(...requests: (Fields | readonly Fields[])[]): Int32Array {
  const words = new Int32Array(traceBytes(requests.length) / 4)
  const state = new Int32Array(stateWords(testConfig))
  const connection = planLayout(testConfig).connections
  const set = (fields: Fields) => {
    for (const [name, value] of Object.entries(fields)) {
      state[connection + tcbRecord.offsets[name as keyof Fields]] = value
    }
  }
  let parts: readonly Fields[] = []
  const take = () => {
    const [first = {}, ...rest] = parts
    set(first)
    parts = rest
  }
  const machine = {
    actions: new ActionQueue(1),
    apply(slot: number) {
      parts = [requests[slot] ?? {}].flat()
      take()
    },
    resume: take,
    hasMore: () => parts.length > 0,
  }
  const domain = traceDomain(machine, new WindowTrace(words, testConfig, state))
  requests.forEach((_, slot) => {
    domain.apply(slot)
    while (domain.hasMore()) domain.resume()
  })
  return words
}

test('a row has every variable as it is after the whole request', () => {
  const words = traced({ cwnd: 10, ssthresh: 20, sndWnd: 30, rto: 40 }, [
    { sndNxt: 7 },
    { sndNxt: 9, sndUna: 5 },
  ])
  expect(windowVariables).toHaveLength(5)
  expect([...words]).toEqual([2, 10, 20, 30, 0, 40, 10, 20, 30, 4, 40])
})

test('the bytes in flight are counted across the wrap of sequence numbers', () => {
  expect(traced({ sndNxt: -2147483640, sndUna: 2147483640 })[4]).toBe(16)
})

test.each<[keyof Fields, number]>([
  ['cwnd', 1],
  ['ssthresh', 1],
  ['sndWnd', 1],
  ['sndNxt', 1],
  ['rto', 1],
])('the distance sees a difference of %s after one request', (name, distance) => {
  const one = traced({ cwnd: 5 }, {}, {})
  expect(compareTraces(one, traced({ cwnd: 5 }, {}, {}))).toEqual({ points: 15, distance: 0 })
  const other = traced({ cwnd: 5 }, { [name]: (name === 'cwnd' ? 5 : 0) + distance }, {})
  expect(compareTraces(one, other)).toEqual({ points: 15, distance })
})

test('what only one trace has is not compared, and a trace that is full throws', () => {
  expect(compareTraces(traced({}, {}), traced({})).points).toBe(5)
  const state = new Int32Array(stateWords(testConfig))
  const trace = new WindowTrace(new Int32Array(traceBytes(1) / 4), testConfig, state)
  trace.note(false)
  trace.note(true)
  expect(() => trace.note(false)).toThrow(/more than 1 requests/)
})

test('windows that never changed are one', () => {
  expect(countWindows(traced({ cwnd: 5 }, { rto: 9 }))).toBe(1)
  expect(countWindows(traced({ cwnd: 5 }, { cwnd: 6 }))).toBe(2)
})
