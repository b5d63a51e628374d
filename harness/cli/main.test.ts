import { execFile } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { tryLock } from '../docker/lock.ts'
import { HarnessError } from '../error.ts'
import { fakeRun } from '../testing/fake-run.ts'
import { temporaryFolder } from '../testing/fixtures.ts'
import { formatSummary } from './commands/summary.ts'
import { formatError } from './exit.ts'

const main = fileURLToPath(new URL('main.ts', import.meta.url))

function run(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [main, ...argv], (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
  })
}

test('an unknown command, option or profile is wrong usage, with exit code 2', async () => {
  const tries = [
    ['mesure'],
    ['reproduce', '--speed'],
    ['reproduce', '--profile', 'slow'],
    ['reproduce', '--seed', 'x'],
    ['reproduce', '--shard', '4/3'],
  ]
  const results = await Promise.all(tries.map((argv) => run(...argv)))
  expect(results.map(({ code, stdout }) => ({ code, stdout }))).toEqual(
    tries.map(() => ({ code: 2, stdout: '' })),
  )
  for (const { stderr } of results) expect(stderr).toMatch(/error: /)
})

test('help is no error', async () => {
  const { code, stdout } = await run('--help')
  expect(code).toBe(0)
  for (const command of ['reproduce', 'report', 'summary', 'demo', 'doctor', 'clean'])
    expect(stdout).toContain(command)
})

test('an experiment that does not exist fails before anything is run, and says which do', async () => {
  const { code, stdout, stderr } = await run('reproduce', '--experiment', 'tcp-sent')
  expect(code).toBe(1)
  expect(stdout).toBe('')
  expect(stderr).toContain('There is no experiment "tcp-sent".')
  expect(stderr).toMatch(/→ Choose one of: .*tcp-send/)
})

test('more shards than there is to share out are refused before anything is run, and so is a merge of nothing', async () => {
  const tries = [
    run('reproduce', '--experiment', 'work-ratio', '--shard', '1/1000'),
    run('merge'),
    run('merge', 'no-such-run'),
  ]
  const [many, nothing, unknown] = await Promise.all(tries)
  expect(many).toMatchObject({ code: 1, stdout: '' })
  expect(many?.stderr).toMatch(/1000 shards are too many[\s\S]*→ Use SHARD=i\/\d+ at most/)
  expect(nothing).toMatchObject({ code: 1, stdout: '' })
  expect(nothing?.stderr).toContain('→ make merge RUNS=')
  expect(unknown).toMatchObject({ code: 1, stdout: '' })
  expect(unknown?.stderr).toMatch(/There is no folder .*no-such-run\.\n +→ Name for each shard/)
})

test('while a run is under way another is refused, and nothing is set up for it', async () => {
  const own = await tryLock('run', 'a run of a test')
  const { code, stdout, stderr } = await run('reproduce', '--experiment', 'work-ratio')
  if (typeof own !== 'string') await own.release()
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(
    /A run is under way on this machine \(process \d+: .*\): two at once would disturb each other\./,
  )
  expect(stderr).toContain('→ Wait until it has ended')
})

test('an error is told as what happened and what to do', () => {
  const told = formatError(new HarnessError('The peer died.', 'Look at its log.'))
  expect(stripVTControlCharacters(told)).toBe('The peer died.\n  → Look at its log.')
})

test('an unexpected error comes with its stack trace', () => {
  expect(formatError(new TypeError('x is not a function'))).toMatch(
    /x is not a function[\s\S]*main\.test\.ts/,
  )
})

test('the summary is one JSON object', async () => {
  const reports = await temporaryFolder()
  const { manifest, samples } = fakeRun()
  const folder = join(reports, 'runs', manifest.run)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest))
  await writeFile(
    join(folder, 'samples.ndjson'),
    samples.map((sample) => `${JSON.stringify(sample)}\n`).join(''),
  )
  await symlink(join('runs', manifest.run), join(reports, 'latest'))
  const summary = JSON.parse(await formatSummary(reports))
  expect(Object.keys(summary)).toEqual(expect.arrayContaining(['run', 'complete', 'machine', 'experiments']))
  const [experiment] = summary.experiments
  expect(experiment).toMatchObject({ id: 'small', verdict: expect.any(String) })
  const replicated = experiment.cells.find(
    ({ cell }: { cell: string }) => cell === 'replicated-n2-cipher-tap',
  )
  expect(replicated).toMatchObject({
    factors: { strategy: 'replicated', replicas: 2, payloadWork: 'cipher', topology: 'tap' },
    samples: 7,
    goodputMbps: { median: expect.any(Number), low: expect.any(Number), high: expect.any(Number) },
    speedupOverSequential: { median: expect.any(Number), low: expect.any(Number), high: expect.any(Number) },
    bytesSent: 7_000_000,
    bytesVerified: 7_000_000,
    divergences: 0,
    digestsCompared: 3500,
  })
})
