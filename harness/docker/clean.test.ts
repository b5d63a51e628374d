import { release } from 'node:os'
import { afterEach, expect, test, vi } from 'vitest'
import { RunEndingError } from '../error.ts'
import { cleanDocker } from './clean.ts'
import { labels } from './container.ts'
import { answerTo } from './engine/answer.ts'
import { stopDaemon } from './engine/daemon.ts'
import { fakeEngine } from './engine/testing/fake-engine.ts'
import { formatOwner, thisOwner } from './owner.ts'

vi.mock('./engine/daemon.ts', () => ({ stopDaemon: vi.fn(async () => true) }))

afterEach(async () => {
  vi.useRealTimers()
  vi.unstubAllEnvs()
  vi.clearAllMocks()
  await answerTo('answer', Promise.resolve())
})

const container = (name: string, owner: string) => ({
  Id: name.repeat(12),
  Names: [`/${name}`],
  Labels: { [labels.owner]: owner },
})
const dead = container('d', formatOwner({ ...thisOwner(), startTicks: '0' }))
const alive = container('a', formatOwner(thisOwner()))

/** All is to go, from an engine that never removes a container. */
async function clean(containers: readonly object[]): Promise<unknown> {
  const answers = { 'GET version': { KernelVersion: release() }, 'GET json': containers }
  const { path, hangs } = await fakeEngine(answers)
  vi.stubEnv('DOCKER_HOST', `unix://${path}`)
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  const cleaning = cleanDocker({ all: true }).catch((error: unknown) => error)
  await hangs
  await vi.advanceTimersByTimeAsync(60_000)
  return await cleaning
}

test('an engine with a container that is stuck is stopped', async () => {
  expect(await clean([dead])).toMatchObject({ containers: [], kept: [], engineStopped: true })
  expect(stopDaemon).toHaveBeenCalledTimes(1)
})

test('it is not while a run is alive there, whose containers would end with it', async () => {
  expect(await clean([dead, alive])).toBeInstanceOf(RunEndingError)
  expect(stopDaemon).not.toHaveBeenCalled()
})
