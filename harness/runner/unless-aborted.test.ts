import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { unlessAborted } from './unless-aborted.ts'

test('work that ends gives its result, and leaves no listener behind', async () => {
  const { signal } = new AbortController()
  expect(await unlessAborted(signal, Promise.resolve(7))).toBe(7)
  await expect(unlessAborted(signal, Promise.reject(new Error('work failed')))).rejects.toThrow('work failed')
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

test('an abort ends the wait, before or while it lasts', async () => {
  const controller = new AbortController()
  const waiting = unlessAborted(controller.signal, new Promise(() => {}))
  controller.abort()
  await expect(waiting).rejects.toThrow('The run was interrupted.')
  await expect(unlessAborted(controller.signal, new Promise(() => {}))).rejects.toThrow(
    'The run was interrupted.',
  )
})
