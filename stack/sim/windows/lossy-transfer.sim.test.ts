import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { transferLossily } from './lossy-transfer.ts'
import { compareTraces } from './window-trace.ts'

const bytes = 1 << 20
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dominoes-windows-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function transfer(seed: number, name: string) {
  const path = join(folder, name)
  return { ...transferLossily(seed, bytes, path), log: readFileSync(path) }
}

test('the same seed gives the same log, and another seed another one', () => {
  const first = transfer(3, 'first')
  expect(transfer(3, 'again').log.equals(first.log)).toBe(true)
  expect(transfer(5, 'other').log.equals(first.log)).toBe(false)
})

test.each([1, 2, 3, 4])('seed %i: every byte arrives although frames are lost', (seed) => {
  const { receivedBytes, verifiedBytes, framesLost, retransmits, traces } = transfer(seed, `seed-${seed}`)
  expect([receivedBytes, verifiedBytes]).toEqual([bytes, bytes])
  expect(framesLost).toBeGreaterThan(0)
  expect(retransmits).toBeGreaterThan(0)
  const [one, other] = traces as [Int32Array, Int32Array]
  expect(compareTraces(one, other).distance).toBe(0)
  expect(one[0]).toBe(other[0])
})

test('congestion control takes turns', () => {
  expect([1, 2].map((seed) => transfer(seed, `turn-${seed}`).machine.congestionControl)).toEqual([
    'newreno',
    'cubic',
  ])
})
