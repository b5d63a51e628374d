import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { State } from '../../protocol/state/tcb.ts'
import { type InsideTrace, type InsideVariable, insideVariables, traceInside } from './inside-trace.ts'
import { recordTransfer } from './testing/recorded-transfer.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dominoes-inside-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const at = (variable: InsideVariable) => insideVariables.indexOf(variable)

function rowsOf({ connections }: InsideTrace) {
  return connections[0]?.rows ?? []
}

describe.each([
  ['of a sequential stack', 0],
  ['of two replicas', 2],
])('the inside view %s', (_name, replicas) => {
  const seed = 5
  let path: string
  beforeAll(() => {
    path = join(folder, `replicas-${replicas}`)
    recordTransfer(path, seed, replicas)
  })

  test('is the same however often the log is applied, and with how many replicas', () => {
    const first = traceInside(path)
    expect(first).toMatchObject({ divergences: 0, agrees: true, isCut: false })
    expect(rowsOf(first).length).toBeGreaterThan(20)
    for (const count of [1, 2, 4]) {
      const again = traceInside(path, { replicas: count })
      expect(again).toMatchObject({ divergences: 0, agrees: true })
      expect(again.connections).toEqual(first.connections)
    }
  })

  test('is of one connection that opens actively, in order of requests and of time', () => {
    const trace = traceInside(path)
    expect(trace.connections).toHaveLength(1)
    expect(trace.connections[0]).toMatchObject({ isPassive: false, remotePort: 4000 })
    const rows = rowsOf(trace)
    expect(rows[0]?.values[at('state')]).toBe(State.synSent)
    expect(rows.some(({ values }) => values[at('state')] === State.established)).toBe(true)
    for (const [k, row] of rows.entries()) {
      const before = rows[k - 1]
      if (before === undefined) continue
      expect(row.index).toBeGreaterThan(before.index)
      expect(row.micros).toBeGreaterThanOrEqual(before.micros)
      expect(row.values[at('acknowledged')]).toBeGreaterThanOrEqual(before.values[at('acknowledged')] ?? 0)
    }
  })

  test('ends early, and says so, where there are more rows than asked for', () => {
    const cut = traceInside(path, { rowLimit: 10 })
    expect(cut.isCut).toBe(true)
    expect(rowsOf(cut)).toEqual(rowsOf(traceInside(path)).slice(0, 10))
  })
})
