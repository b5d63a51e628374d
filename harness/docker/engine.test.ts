import { createServer } from 'node:http'
import { release } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { HarnessError, RunEndingError } from '../error.ts'
import { temporaryFolder } from '../testing/fixtures.ts'
import { findEngine } from './client.ts'
import { requireAnswer } from './engine.ts'

afterEach(() => vi.unstubAllEnvs())

/** Answers like an engine under that kernel. */
async function fakeEngine(kernel: string) {
  const path = join(await temporaryFolder(), 'docker.sock')
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(request.url?.endsWith('/info') ? JSON.stringify({ KernelVersion: kernel }) : '"OK"')
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  onTestFinished(() => {
    server.close()
  })
  vi.stubEnv('DOCKER_HOST', `unix://${path}`)
  return { server, path }
}

test('an engine under the same kernel is used', async () => {
  await fakeEngine(release())
  expect(await findEngine()).toBeDefined()
})

test('an engine in a virtual machine is refused: the run would describe the wrong machine', async () => {
  const { path } = await fakeEngine('6.6.0-linuxkit')
  await expect(findEngine()).rejects.toThrow(
    `The Docker engine at ${path} runs under another kernel (6.6.0-linuxkit)`,
  )
})

test('an engine that is being restarted is waited for', async () => {
  let asked = 0
  await requireAnswer({
    async ping() {
      asked += 1
      if (asked < 3) throw new Error('connect ECONNREFUSED')
      return ''
    },
  })
  expect(asked).toBe(3)
})

test.each([
  ['refuses', () => Promise.reject(new Error('connect ECONNREFUSED')), 'connect ECONNREFUSED'],
  ['hangs', () => new Promise(() => {}), 'it says nothing'],
])('an engine that %s ends the run, with what to do', async (_, ping, why) => {
  const error = await requireAnswer({ ping }, 300).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(RunEndingError)
  expect(error).toBeInstanceOf(HarnessError)
  expect(error).toMatchObject({
    reason: `Docker does not answer any more: ${why}.`,
    remedy: expect.stringContaining('type the same command: the run goes on where it stopped'),
  })
})
