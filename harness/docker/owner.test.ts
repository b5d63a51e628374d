import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { formatOwner, ownerOf, ownerState, parseOwner, parseStartTicks, thisOwner } from './owner.ts'

describe('an owner', () => {
  it('survives being written and read', () => {
    expect(parseOwner(formatOwner(thisOwner()))).toEqual(thisOwner())
    expect(parseOwner('')).toBeUndefined()
    expect(parseOwner('12.34')).toBeUndefined()
  })

  it('is alive as long as its process, and not after it', async () => {
    const child = spawn('sleep', ['100'])
    await once(child, 'spawn')
    const owner = ownerOf(child.pid ?? 0)
    expect(ownerState(owner)).toBe('alive')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(ownerState(owner)).toBe('dead')
  })

  it('is not taken for a later process with the same id', () => {
    expect(ownerState({ ...thisOwner(), startTicks: '1' })).toBe('dead')
    expect(ownerState({ ...thisOwner(), boot: 'ffffffff' })).toBe('dead')
  })

  it('is unknown in a process namespace that cannot be seen', () => {
    expect(ownerState({ ...thisOwner(), namespace: '1' })).toBe('unknown')
  })

  it('finds the start time behind a command name with spaces and parentheses', () => {
    const fields = Array.from({ length: 50 }, (_, index) => String(index + 3))
    fields[0] = 'S'
    expect(parseStartTicks(`7 (a) b (c)) ${fields.join(' ')}`)).toBe('22')
    fields[0] = 'Z'
    expect(parseStartTicks(`7 (a) b (c)) ${fields.join(' ')}`)).toBeUndefined()
  })
})
