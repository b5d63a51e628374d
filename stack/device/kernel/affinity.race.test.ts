import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { allowedProcessors, listedProcessors, threadId } from './affinity.ts'

/** Runs code in a thread of its own, whose processors are its own affair. */
function inThread(code: string): Promise<unknown> {
  const source = `
    const { parentPort } = require('node:worker_threads')
    import(${JSON.stringify(new URL('./affinity.ts', import.meta.url).href)})
      .then((affinity) => parentPort.postMessage((${code})(affinity)))`
  const worker = new Worker(source, { eval: true })
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}

test('a pinned thread has its one processor, by system call and by the kernel’s list; other threads keep theirs', async () => {
  const before = allowedProcessors()
  const last = before.at(-1) as number
  const told = await inThread(
    `({ pinTo, allowedProcessors, listedProcessors, threadId }) => {
      pinTo(${last})
      return [allowedProcessors(), listedProcessors(threadId())]
    }`,
  )
  expect(told).toEqual([[last], String(last)])
  expect(allowedProcessors()).toEqual(before)
})

test('threads have numbers of their own, and one that there is not has no processors', async () => {
  const other = await inThread('({ threadId }) => threadId()')
  expect(other).not.toBe(threadId())
  expect(listedProcessors(threadId())).toMatch(/^\d/)
  expect(listedProcessors(2 ** 30)).toBeUndefined()
})

test('a processor that there is not is refused', async () => {
  const told = await inThread(`({ pinTo }) => { try { pinTo(8000) } catch (error) { return error.message } }`)
  expect(told).toBe('cannot pin a thread to processor 8000: EINVAL')
})
