import { execFile } from 'node:child_process'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { projectFolder } from './paths.ts'

const run = promisify(execFile)
const make = (...argv: string[]) =>
  run('make', ['-C', projectFolder, ...argv], { env: { PATH: process.env.PATH } })

test('every command that the documents name exists, and help tells of it', async () => {
  const documents = ['README.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md', 'experiments/README.md']
  const texts = await Promise.all(documents.map((name) => readFile(join(projectFolder, name), 'utf8')))
  const named = texts.flatMap((text) =>
    [...text.matchAll(/(?:^|`)make (?:-s )?([a-z]+)\b/gm)].map((match) => match[1]),
  )
  const commands = [...new Set(named)]
  expect(commands.length).toBeGreaterThan(10)
  const { stdout: help } = await make('-s')
  for (const command of commands) {
    await expect(make('-n', command as string, 'LOG=log')).resolves.toBeDefined()
    expect(help).toMatch(new RegExp(`^  ${command} +\\S`, 'm'))
  }
})

test('a file that is named like a target does not keep it from running', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'makefile-'))
  await copyFile(join(projectFolder, 'Makefile'), join(folder, 'Makefile'))
  await writeFile(join(folder, 'package-lock.json'), '{}')
  const { stdout: help } = await make('-s')
  const targets = [...help.matchAll(/^ {2}([a-z]+) +\S/gm)].map((match) => match[1] as string)
  for (const target of targets) {
    await writeFile(join(folder, target), '')
    const { stdout } = await run('make', ['-C', folder, '-n', target, 'LOG=log'])
    expect(stdout).not.toContain('is up to date')
    expect(stdout).not.toContain('Nothing to be done')
  }
  await rm(folder, { recursive: true })
})

test('profile, experiment and recording reach the command line', async () => {
  const command = async (...argv: string[]) => (await make('-n', 'reproduce', ...argv)).stdout
  expect(await command()).toContain('reproduce --profile full')
  expect(await command('PROFILE=quick', 'EXPERIMENT=tcp-send')).toContain(
    'reproduce --profile quick --experiment tcp-send',
  )
  expect(await command()).not.toContain('--record')
  expect(await command('EXPERIMENT=tcp-send', 'RECORD=1')).toContain('--experiment tcp-send --record')
})
