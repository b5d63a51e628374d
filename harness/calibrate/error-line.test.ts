import { expect, test } from 'vitest'
import { errorLine } from './error-line.ts'

test('an uncaught error is told by its own line', () => {
  const printed =
    'node:internal/event_target:1152\n  throw err;\n  ^\nError [ENOENT]: no file\n    at open (x.ts:1:1)\n'
  expect(errorLine(printed)).toBe('Error [ENOENT]: no file')
})

test('otherwise the last line that says something is', () => {
  expect(errorLine('starting\nkilled\n\n')).toBe('killed')
  expect(errorLine('')).toBe('it said nothing')
})
