import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { ratesBetween, type StackRates } from './rates.ts'
import { renderLine, renderTable } from './render.ts'
import { snapshot } from './testing/snapshots.ts'

function rates(changes: Parameters<typeof snapshot>[1]): StackRates {
  return ratesBetween(snapshot(0), snapshot(1000, changes)) as StackRates
}

const running = rates({
  perReplica: [
    { applied: 41_000, performed: 1200 },
    { applied: 41_000, performed: 800 },
  ],
  framesOut: 102_030,
  bytesSent: 125_000_000,
  ring: { occupied: 512, slots: 1024 },
  digestsCompared: 40,
})

test('the table has a row for each replica and one for all, in columns that line up', () => {
  const lines = renderTable(running, false)
  const [header = '', ...rows] = lines.filter((line) => /^ {9}|^replica \d|^together/.test(line))
  expect(rows.map((row) => row.split(/ {2,}/)[0])).toEqual(['replica 0', 'replica 1', 'together'])
  for (const row of rows) expect(row.length).toBe(header.length)
  expect(rows[2]).toMatch(/ 82,000 .* 2,000 /)
})

test('the table tells goodput, frames, ring and digests', () => {
  const text = renderTable(running, false).join('\n')
  expect(text).toContain('out 1,000 Mbit/s')
  expect(text).toContain('out 102,030/s')
  expect(text).toContain('██████████░░░░░░░░░░ 512 of 1024 slots')
  expect(text).toContain('40 compared (40/s)   0 divergences')
})

test('a divergence stands out; colours do not change the text', () => {
  const diverged = rates({ divergences: 2 })
  expect(renderTable(diverged, false).join('\n')).toContain('2 DIVERGENCES')
  expect(stripVTControlCharacters(renderTable(diverged, true).join('\n'))).toBe(
    renderTable(diverged, false).join('\n'),
  )
})

test('a strategy without a channel has no ring', () => {
  const sequential = rates({ ring: undefined })
  expect(renderTable(sequential, false).join('\n')).toContain('this strategy has no channel')
  expect(renderLine(sequential)).not.toContain('ring')
})

test('the line is one line', () => {
  const line = renderLine(running)
  expect(line).not.toContain('\n')
  expect(line).toContain('performed 1,200+800')
})
