import { homedir, release } from 'node:os'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { RunEndingError } from '../../error.ts'
import { engineSockets, findEngine } from './client.ts'
import { type Answers, type FakeEngine, fakeEngine } from './testing/fake-engine.ts'

describe('the sockets where an engine may listen', () => {
  it('are the usual ones, best first', () => {
    expect(engineSockets({ XDG_RUNTIME_DIR: '/run/user/1000', DOCKER_CONFIG: '/nowhere' })).toEqual([
      '/var/run/docker.sock',
      '/run/user/1000/docker.sock',
      `${homedir()}/.docker/run/docker.sock`,
    ])
  })

  it('are the one that DOCKER_HOST names', () => {
    expect(engineSockets({ DOCKER_HOST: 'unix:///run/other.sock' })).toEqual(['/run/other.sock'])
  })
})

describe('an engine that listens there', () => {
  afterEach(() => {
    vi.unstubAllEnvs()
    vi.useRealTimers()
  })

  async function listen(answers: Answers): Promise<FakeEngine> {
    const engine = await fakeEngine(answers)
    vi.stubEnv('DOCKER_HOST', `unix://${engine.path}`)
    return engine
  }

  it('is used under the same kernel, also if it cannot look at all of its containers', async () => {
    await listen({ 'GET version': { KernelVersion: release() } })
    expect(await findEngine()).toBeDefined()
  })

  it('is refused in a virtual machine: the run would describe the wrong machine', async () => {
    const { path } = await listen({ 'GET version': { KernelVersion: '6.6.0-linuxkit' } })
    await expect(findEngine()).rejects.toThrow(
      `The Docker engine at ${path} runs under another kernel (6.6.0-linuxkit)`,
    )
  })

  it('ends the command if it hangs, and no other is started beside it', async () => {
    const { path, hangs } = await listen({})
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    const found = findEngine().catch((error: unknown) => error)
    await hangs
    await vi.advanceTimersByTimeAsync(60_000)
    const error = await found
    expect(error).toBeInstanceOf(RunEndingError)
    expect(error).toMatchObject({ reason: `Docker did not answer at ${path} within 60 seconds: it hangs.` })
  })
})
