/** What becomes of a run when Docker, a peer or a port is taken from it: one message that says what to do, nothing lost. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { labels } from '../docker/container.ts'
import { engineSockets } from '../docker/engine/client.ts'
import { ensureEngine } from '../docker/engine/engine.ts'
import { EngineProxy } from '../docker/engine/testing/engine-proxy.ts'
import { ensureImage } from '../docker/image.ts'
import { latestRun } from '../result/store.ts'
import { temporaryFolder } from '../testing/fixtures.ts'

const program = fileURLToPath(new URL('testing/small-run.ts', import.meta.url))

beforeAll(async () => {
  await ensureImage()
})

/** A run in a process of its own. */
function start(reports: string, environment: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [program, reports], { env: { ...process.env, ...environment } })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const lines: string[] = []
  const waiting: { readonly text: string; readonly resolve: () => void }[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (colored) => {
      const line = stripVTControlCharacters(colored)
      lines.push(line)
      for (const { text, resolve } of waiting) if (line.includes(text)) resolve()
    })
  }
  const exit = once(child, 'close').then(([code]) => code as number)
  const said = (text: string) =>
    new Promise<void>((resolve, reject) => {
      waiting.push({ text, resolve })
      void exit.then(() => reject(new Error(`The run ended without "${text}":\n${lines.join('\n')}`)))
    })
  return { child, lines, exit, said }
}

async function containersOf(child: ChildProcess, node = '') {
  const docker = await ensureEngine()
  const all = await docker.listContainers({ all: true, filters: { label: [labels.owner] } })
  return all.filter(
    ({ Labels }) => Labels[labels.owner]?.startsWith(`${child.pid}.`) && Labels[labels.node]?.includes(node),
  )
}

test('a peer that is killed fails one sample, with the reason, and the others are measured', async () => {
  const reports = await temporaryFolder()
  const { child, lines, exit, said } = start(reports)
  await said('[1/6]')
  const docker = await ensureEngine()
  const [peer] = await containersOf(child, 'peer')
  await docker.getContainer(peer?.Id ?? 'none').kill()
  expect({ code: await exit, last: lines.at(-1) }).toEqual({ code: 1, last: '1 of 6 samples failed.' })
  const { samples, manifest } = await latestRun(reports)
  expect(manifest.remarks).toEqual(['1 of 6 samples failed.'])
  const failed = samples.filter((sample) => sample.status === 'failed')
  expect(failed).toHaveLength(1)
  const { reason, remedy } = failed[0]?.failure ?? { reason: '', remedy: '' }
  // In the middle of a transfer, or before its first byte.
  expect(reason).toMatch(/exit code 1\d\d|has ended|cannot run in container/)
  expect(remedy).not.toContain('defect')
  expect(lines.filter((line) => line.includes(remedy))).toHaveLength(1)
  expect(await containersOf(child)).toEqual([])
})

test('where Docker stops the run ends with one message, and goes on when Docker is back', async () => {
  const reports = await temporaryFolder()
  const proxy = new EngineProxy(join(await temporaryFolder(), 'docker.sock'), engineSockets()[0] ?? '')
  await proxy.start()
  onTestFinished(() => proxy.stop())
  const environment = { DOCKER_HOST: `unix://${proxy.path}` }
  const first = start(reports, environment)
  await first.said('[2/6]')
  await proxy.stop()
  expect(await first.exit).toBe(1)
  const told = first.lines.slice(first.lines.findIndex((line) => line.startsWith('[2/6]')) + 1)
  expect(told.filter((line) => line.includes('Docker does not answer any more'))).toHaveLength(1)
  expect(told.at(-1)).toMatch(/→ Start it again .* type the same command: the run goes on where it stopped/)
  const { samples, manifest } = await latestRun(reports)
  expect(samples.map(({ status }) => status)).toEqual(['measured', 'measured'])
  expect(manifest.remarks.at(-1)).toBe('4 of 6 samples were not taken.')

  await proxy.start()
  const second = start(reports, environment)
  expect(await second.exit).toBe(0)
  expect(second.lines[0]).toMatch(/goes on: 2 of 6 samples are there/)
  expect((await latestRun(reports)).samples.map(({ status }) => status)).toEqual(Array(6).fill('measured'))
  expect([...(await containersOf(first.child)), ...(await containersOf(second.child))]).toEqual([])
  const scratch = (await readdir(tmpdir())).filter((name) => name.startsWith('dominoes-scratch-'))
  for (const { child } of [first, second]) {
    expect(scratch.filter((name) => name.startsWith(`dominoes-scratch-${child.pid}.`))).toEqual([])
  }
})
