import picocolors from 'picocolors'
import { describe, expect, it } from 'vitest'
import { check } from './check.ts'
import { formatDoctor } from './doctor.ts'
import { diskSpace, memory, operatingSystem, processors } from './machine.ts'
import { nodeVersion } from './packages.ts'

describe('the doctor', () => {
  it.each([
    [operatingSystem('linux'), 'ok'],
    [operatingSystem('darwin'), 'missing'],
    [processors(1), 'missing'],
    [processors(2), 'limited'],
    [processors(8), 'ok'],
    [memory(2 ** 30), 'missing'],
    [memory(2 * 2 ** 30), 'limited'],
    [memory(8 * 2 ** 30), 'ok'],
    [diskSpace(2 ** 30), 'missing'],
    [diskSpace(3 * 2 ** 30), 'limited'],
    [diskSpace(50 * 2 ** 30), 'ok'],
    [nodeVersion('v20.11.0'), 'missing'],
    [nodeVersion('v26.10.0'), 'ok'],
  ])('finds $id $finding: %s', (found, state) => {
    expect(found.state).toBe(state)
    expect(found.remedy === undefined).toBe(state === 'ok')
  })

  it('shows meaning and remedy of what is not well, and only of that', () => {
    const checks = [
      check('first', 'First', 'meaning of the first', { state: 'ok', finding: 'found', remedy: 'unused' }),
      check('second', 'Second one', 'meaning of the second', {
        state: 'missing',
        finding: 'absent',
        remedy: 'get it',
      }),
    ]
    expect(formatDoctor({ checks, ready: false }, picocolors.createColors(false))).toBe(
      `✓ First       found
✗ Second one  absent
              meaning of the second
              → get it

This machine cannot run the experiments yet: mend what is marked ✗.`,
    )
  })
})
