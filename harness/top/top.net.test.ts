import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Demo, startDemo } from '../demo/demo.ts'
import { printLines, takeOnce } from './top.ts'

let demo: Demo

beforeAll(async () => {
  demo = await startDemo(() => {})
})

afterAll(async () => {
  await demo.testbed.destroy()
})

const never = new AbortController().signal

test('what a stack in a container does is seen from outside', async () => {
  let isSeen = false
  const transfers = moveBytes(() => isSeen)
  const abort = new AbortController()
  const lines: string[] = []
  await printLines((line) => {
    lines.push(line)
    abort.abort()
  }, abort.signal)
  expect(lines).toEqual([expect.stringMatching(/^HTTP server, replicated ×\d+ \| out .* 0 divergences$/)])
  // Between two transfers a look may find nothing.
  let rates = await takeOnce(never)
  for (let looks = 0; rates.sentMbps === 0 && looks < 20; looks++) rates = await takeOnce(never)
  isSeen = true
  expect(rates.sentMbps).toBeGreaterThan(0)
  expect(rates.framesOutPerSecond).toBeGreaterThan(0)
  expect(rates.threads.length).toBeGreaterThan(1)
  expect(rates.ring?.slots).toBeGreaterThan(0)
  expect(rates.divergences).toBe(0)
  await transfers
})

async function moveBytes(isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const { exitCode } = await demo.testbed.peer.exec([
      'curl',
      '-s',
      '-o',
      '/dev/null',
      `${demo.url}/bytes/300000000`,
    ])
    expect(exitCode).toBe(0)
  }
}
