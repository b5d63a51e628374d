import { expect, onTestFinished, test, vi } from 'vitest'
import { allGone } from './all-gone.ts'

test('it waits until the last connection is gone', async () => {
  const stack = { connectionCount: 2 }
  const ended = vi.fn()
  const gone = allGone(stack).then(ended)
  stack.connectionCount = 1
  await new Promise((resolve) => setTimeout(resolve, 10))
  expect(ended).not.toHaveBeenCalled()
  stack.connectionCount = 0
  await gone
})

test('connections that do not end are an error', async () => {
  vi.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValue(10_001)
  onTestFinished(() => void vi.restoreAllMocks())
  await expect(allGone({ connectionCount: 3 })).rejects.toThrow('3 connections')
})
