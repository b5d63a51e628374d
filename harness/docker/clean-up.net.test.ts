import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removeLeftOvers } from './clean-up.ts'
import { labels } from './container.ts'
import { ensureEngine } from './engine/engine.ts'
import { ensureImage } from './image.ts'

const program = fileURLToPath(new URL('testing/interrupted-run.ts', import.meta.url))
let directory: string
let runs = 0

beforeAll(async () => {
  await ensureImage()
  directory = await mkdtemp(join(tmpdir(), 'dominoes-test-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

/** Starts a run in a process of its own and waits until it says `step`. */
async function startRun(step: string) {
  runs++
  const runId = `clean-up-${process.pid}-${runs}`
  const child = spawn(process.execPath, [program, runId, directory], { stdio: ['ignore', 'pipe', 'ignore'] })
  const exit = once(child, 'exit').then(([code, signal]) => ({ code, signal }))
  const lines = createInterface({ input: child.stdout })
  for await (const line of lines) if (line.startsWith(step)) break
  child.stdout.resume()
  return { runId, child, exit }
}

async function containersOf(runId: string): Promise<string[]> {
  const docker = await ensureEngine()
  const found = await docker.listContainers({ all: true, filters: { label: [`${labels.run}=${runId}`] } })
  return found.map((container) => `${container.Names[0]} ${container.State}`)
}

async function cleanedContainersOf(runId: string): Promise<string[]> {
  await removeLeftOvers(await ensureEngine())
  return containersOf(runId)
}

const patience = { timeout: 10_000, interval: 200 }

describe('an interrupted run', () => {
  for (const [signal, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    for (const step of ['starting', 'wiring', 'deployed']) {
      it(`leaves nothing behind after ${signal} while ${step}`, async () => {
        const { runId, child, exit } = await startRun(step)
        child.kill(signal)
        expect(await exit).toEqual({ code: exitCode, signal: null })
        expect(await containersOf(runId)).toEqual([])
      })
    }
  }

  it('finishes its clean-up when interrupted a second time', async () => {
    const { runId, child, exit } = await startRun('deployed')
    child.kill('SIGINT')
    child.kill('SIGINT')
    child.kill('SIGTERM')
    expect((await exit).code).toBeGreaterThanOrEqual(130)
    expect(await containersOf(runId)).toEqual([])
  })
})

describe('a killed run', () => {
  for (const step of ['starting', 'wiring', 'deployed']) {
    it(`is cleaned up by the next one if killed while ${step}`, async () => {
      const { runId, child, exit } = await startRun(step)
      child.kill('SIGKILL')
      await exit
      // The engine may still be finishing what the dead process had asked for.
      await expect.poll(() => cleanedContainersOf(runId), patience).toEqual([])
    })
  }

  it('is cleaned up whatever the moment', async () => {
    const millis = Array.from({ length: 6 }, () => Math.round(Math.random() * 1_200))
    const killed = millis.map(async (wait) => {
      const { runId, child, exit } = await startRun('')
      const timer = setTimeout(() => child.kill('SIGKILL'), wait)
      await exit
      clearTimeout(timer)
      return runId
    })
    for (const [index, runId] of (await Promise.all(killed)).entries()) {
      const message = `killed after ${millis[index]} ms`
      await expect.poll(() => cleanedContainersOf(runId), { ...patience, message }).toEqual([])
    }
  })

  it('does not take a live run with it', async () => {
    const alive = await startRun('deployed')
    const killed = await startRun('deployed')
    killed.child.kill('SIGKILL')
    await killed.exit
    await removeLeftOvers(await ensureEngine())
    expect(alive.child.exitCode).toBeNull()
    alive.child.kill('SIGINT')
    expect((await alive.exit).code).toBe(130)
    expect(await containersOf(alive.runId)).toEqual([])
  })
})
