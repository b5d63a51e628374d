import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkDemo } from './check-demo.ts'
import { type Demo, startDemo } from './demo.ts'

let demo: Demo

beforeAll(async () => {
  demo = await startDemo(() => {})
})

afterAll(async () => {
  await demo.testbed.destroy()
})

test('a Linux host fetches the page, pings without a loss, and gets every transfer intact', async () => {
  const results: string[] = []
  const load = { pings: 200, sequentialTransfers: 20, concurrentTransfers: 20, transferBytes: 1_000_000 }
  await checkDemo(demo, load, (line) => results.push(line))
  expect(results).toHaveLength(4)
})

test('a port where nothing listens refuses at once', async () => {
  const result = await demo.testbed.peer.exec(['curl', '-sS', '--max-time', '5', `${demo.url}:81/`])
  expect(result.exitCode).toBe(7)
})
