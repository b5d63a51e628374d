import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { HarnessError } from '../../error.ts'
import { temporaryFolder } from '../../testing/fixtures.ts'
import { engineSockets } from './client.ts'
import { chosenEngine } from './context.ts'

/** A folder of the Docker client with one context, as its command line writes it. */
async function clientFolder(context: string, host: string, current?: string): Promise<string> {
  const folder = await temporaryFolder()
  const meta = join(folder, 'contexts/meta', createHash('sha256').update(context).digest('hex'))
  await mkdir(meta, { recursive: true })
  const endpoints = { docker: { Host: host, SkipTLSVerify: false } }
  await writeFile(
    join(meta, 'meta.json'),
    JSON.stringify({ Name: context, Metadata: {}, Endpoints: endpoints }),
  )
  if (current !== undefined) {
    await writeFile(join(folder, 'config.json'), JSON.stringify({ auths: {}, currentContext: current }))
  }
  return folder
}

const usual = ['/var/run/docker.sock', `${homedir()}/.docker/run/docker.sock`]

test('without settings nothing is chosen, and the usual sockets are tried', async () => {
  const environment = { DOCKER_CONFIG: await temporaryFolder() }
  expect(chosenEngine(environment)).toBeUndefined()
  expect(engineSockets(environment)).toEqual(usual)
})

test('the context in use is taken, and DOCKER_CONTEXT and DOCKER_HOST before it', async () => {
  const inUse = await clientFolder('mine', 'unix:///run/mine.sock', 'mine')
  expect(engineSockets({ DOCKER_CONFIG: inUse })).toEqual(['/run/mine.sock'])
  const environment = {
    DOCKER_CONFIG: await clientFolder('other', 'unix:///run/other.sock', 'mine'),
    DOCKER_CONTEXT: 'other',
  }
  expect(engineSockets(environment)).toEqual(['/run/other.sock'])
  expect(engineSockets({ ...environment, DOCKER_HOST: 'unix:///run/host.sock' })).toEqual(['/run/host.sock'])
})

test('the default context is no choice', async () => {
  const folder = await clientFolder('mine', 'unix:///run/mine.sock', 'default')
  expect(engineSockets({ DOCKER_CONFIG: folder })).toEqual(usual)
})

test.each(['ssh://user@other', 'tcp://10.0.0.1:2376', 'npipe:////./pipe/docker_engine'])(
  'an engine at %s is refused, with who named it and what to do',
  async (host) => {
    const folder = await clientFolder('far', host, 'far')
    const refusal = (environment: NodeJS.ProcessEnv) => {
      try {
        return engineSockets(environment)
      } catch (error) {
        return error
      }
    }
    expect(refusal({ DOCKER_CONFIG: folder })).toBeInstanceOf(HarnessError)
    expect(refusal({ DOCKER_CONFIG: folder })).toMatchObject({
      reason: expect.stringContaining(`Docker's context "far" names ${host}`),
      remedy: expect.stringContaining('Run the command on that machine'),
    })
    expect(refusal({ DOCKER_HOST: host })).toMatchObject({
      reason: expect.stringContaining(`DOCKER_HOST names ${host}`),
    })
  },
)

test('a context that does not exist is refused by name', async () => {
  const environment = { DOCKER_CONFIG: await temporaryFolder(), DOCKER_CONTEXT: 'gone' }
  expect(() => chosenEngine(environment)).toThrow(/context "gone" is chosen, but there is none of that name/)
})

test('settings that are damaged are named', async () => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'config.json'), '{')
  expect(() => chosenEngine({ DOCKER_CONFIG: folder })).toThrow(`${folder}/config.json cannot be read`)
})

test('contexts are found where the Docker client itself puts them', async () => {
  const folder = await temporaryFolder()
  const docker = (...argv: string[]) =>
    promisify(execFile)('docker', ['--config', folder, 'context', ...argv], {
      env: { PATH: process.env.PATH },
    })
  await docker('create', 'mine', '--docker', 'host=unix:///run/mine.sock')
  await docker('use', 'mine')
  expect(engineSockets({ DOCKER_CONFIG: folder })).toEqual(['/run/mine.sock'])
})
