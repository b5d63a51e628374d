import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { projectFolder } from './paths.ts'

const run = promisify(execFile)
const make = (...argv: string[]) =>
  run('make', ['-C', projectFolder, ...argv], { env: { PATH: process.env.PATH } })

test('help is the default target, and lists every target', async () => {
  const text = await readFile(join(projectFolder, 'Makefile'), 'utf8')
  const targets = [...text.matchAll(/^([a-z_]+):/gm)].map((match) => match[1] as string)
  expect(targets.length).toBeGreaterThan(10)
  const { stdout } = await make('-s')
  for (const target of targets) expect(stdout).toMatch(new RegExp(`^  ${target} +\\S`, 'm'))
})

test('every target is phony, but the folder of the dependencies', async () => {
  const text = await readFile(join(projectFolder, 'Makefile'), 'utf8')
  const phony = /^\.PHONY: (.*)$/m.exec(text)?.[1]?.split(' ') ?? []
  const targets = [...text.matchAll(/^([a-z_]+):/gm)].map((match) => match[1])
  expect(targets.filter((target) => !phony.includes(target as string))).toEqual(['node_modules'])
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
