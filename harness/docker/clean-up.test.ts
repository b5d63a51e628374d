import { describe, expect, it } from 'vitest'
import { addCleanUp, runCleanUp, withCleanUp } from './clean-up.ts'

describe('clean-up', () => {
  it('runs every task once, and goes on after one that fails', async () => {
    const done: string[] = []
    addCleanUp(async () => void done.push('first'))
    addCleanUp(() => Promise.reject(new Error('expected by this test')))
    addCleanUp(async () => void done.push('last'))
    await Promise.all([runCleanUp(), runCleanUp()])
    await runCleanUp()
    expect(done).toEqual(['last', 'first'])
  })

  it('leaves out what was withdrawn', async () => {
    const done: string[] = []
    const withdraw = addCleanUp(async () => void done.push('withdrawn'))
    withdraw()
    await runCleanUp()
    expect(done).toEqual([])
  })

  it('follows the work, whether it succeeds or fails', async () => {
    const done: string[] = []
    const work = async () => {
      addCleanUp(async () => void done.push('cleaned up'))
      done.push('worked')
      return 'result'
    }
    expect(await withCleanUp(work)).toBe('result')
    await expect(withCleanUp(() => work().then(() => Promise.reject(new Error('failed'))))).rejects.toThrow(
      'failed',
    )
    expect(done).toEqual(['worked', 'cleaned up', 'worked', 'cleaned up'])
  })
})
