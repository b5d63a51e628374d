import Docker from 'dockerode'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { HarnessError, RunEndingError } from '../../error.ts'
import { isPresent } from '../base.ts'
import { removeLeftOvers } from '../clean-up.ts'
import { type ContainerSpec, removeContainer, startContainer } from '../container.ts'
import { thisOwner } from '../owner.ts'
import { spawnIn } from '../process.ts'
import { accountOf } from '../usage.ts'
import { answerTo, requireAnswer, whileAnswering } from './answer.ts'
import { type Answers, fakeEngine } from './testing/fake-engine.ts'

afterEach(async () => {
  vi.useRealTimers()
  // The engine answers again.
  await answerTo('answer', Promise.resolve())
})

const spec: ContainerSpec = {
  name: 'dominoes-none',
  runId: 'none',
  node: 'peer',
  owner: thisOwner(),
  image: 'none',
  command: ['sleep', 'infinity'],
  capabilities: [],
  devices: [],
  mounts: [],
  namespaces: 'none',
  sharedMemoryBytes: 2 ** 20,
}

const noProcess = 0

describe('a request that is never answered', () => {
  const start = (docker: Docker) => startContainer(docker, spec)
  const spawn = (docker: Docker) => spawnIn(docker, 'b'.repeat(64), ['true'])
  it.each<[string, Answers, (docker: Docker) => Promise<unknown>]>([
    ['look for the image dominoes:none', {}, (docker) => isPresent(docker, 'dominoes:none')],
    ['list its containers', {}, (docker) => removeLeftOvers(docker)],
    ['create the container dominoes-none', {}, start],
    ['start the container dominoes-none', { 'POST create': { Id: 'a' } }, start],
    ['inspect the container dominoes-none', { 'POST create': { Id: 'a' }, 'POST start': {} }, start],
    ['remove the container aaaaaaaaaaaa', {}, (docker) => removeContainer(docker, 'a'.repeat(64))],
    ['take a program for the container bbbbbbbbbbbb', {}, spawn],
    ['start a program in the container bbbbbbbbbbbb', { 'POST exec': { Id: 'e' } }, spawn],
    [
      'account for the container cccccccccccc',
      {},
      async (docker) => (await accountOf(docker, 'c'.repeat(64), noProcess)).read(),
    ],
  ])('ends the run, with what to do: %s', async (what, answers, ask) => {
    const { path, hangs } = await fakeEngine(answers)
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    const asked = ask(new Docker({ socketPath: path })).catch((reason: unknown) => reason)
    await hangs
    await vi.advanceTimersByTimeAsync(60_000)
    const error = await asked
    expect(error).toBeInstanceOf(RunEndingError)
    expect(error).toMatchObject({
      reason: `Docker did not ${what} within 60 seconds: it hangs.`,
      remedy: expect.stringContaining('type the same command: the run goes on where it stopped'),
    })
  })
})

it('is waited for a few seconds only once the engine hangs, so that a clean-up ends', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  const never = new Promise(() => {})
  const first = answerTo('answer', never).catch(() => 'late')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(await first).toBe('late')
  const next = answerTo('answer', never)
  const told = expect(next).rejects.toThrow('Docker did not answer within 5 seconds')
  await vi.advanceTimersByTimeAsync(5_000)
  await told
})

describe('an engine', () => {
  it('that is being restarted is waited for', async () => {
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

  it.each([
    ['refuses', () => Promise.reject(new Error('connect ECONNREFUSED')), 'connect ECONNREFUSED'],
    ['hangs', () => new Promise(() => {}), 'it says nothing'],
  ])('that %s ends the run, with what to do', async (_, ping, why) => {
    const error = await requireAnswer({ ping }, 300).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(RunEndingError)
    expect(error).toBeInstanceOf(HarnessError)
    expect(error).toMatchObject({
      reason: `Docker does not answer any more: ${why}.`,
      remedy: expect.stringContaining('type the same command: the run goes on where it stopped'),
    })
  })
})

describe('work that needs the engine', () => {
  const answers = async () => ({ ping: async () => 'OK' })
  const hangs = async () => ({ ping: () => new Promise<never>(() => {}) })
  const soon = { everyMillis: 20, patience: 20 }

  it('has its result or its failure while the engine answers, however long it lasts', async () => {
    const lasting = () => new Promise((resolve) => setTimeout(() => resolve(7), 100))
    expect(await whileAnswering(answers, lasting, soon)).toBe(7)
    const failing = () => Promise.reject(new Error('work failed'))
    await expect(whileAnswering(answers, failing, soon)).rejects.toThrow('work failed')
  })

  it.each([
    ['lasts', () => new Promise(() => {})],
    ['fails', () => Promise.reject(new Error('work failed'))],
  ])('ends the run if it %s and the engine hangs', async (_, work) => {
    await expect(whileAnswering(hangs, work, soon)).rejects.toThrow(RunEndingError)
  })
})
