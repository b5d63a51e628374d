/** The Makefile, run with stand-ins for the programs that it calls: they write down how they were called. */
import { execFile } from 'node:child_process'
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Command } from 'commander'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readTree } from '../tidy/testing/tree.ts'
import { projectFolder } from './paths.ts'
import { commands } from './program.ts'

const run = promisify(execFile)
const programs = ['node', 'vitest', 'tsc', 'biome']
const standIn = `#!/bin/sh
echo "$(basename "$0")" "$@" >> "$(dirname "$0")/calls"
`

let folder: string
let targets: string[]

/** Output of make in the folder with the stand-ins. */
async function make(...argv: string[]): Promise<string> {
  const { stdout } = await run('make', ['-C', folder, '-s', ...argv], { env: { PATH: process.env.PATH } })
  return stdout
}

/** How the programs are called by a target. */
async function callsOf(...argv: string[]): Promise<string[]> {
  const log = join(folder, 'node_modules/.bin/calls')
  await writeFile(log, '')
  await make(...argv)
  return (await readFile(log, 'utf8')).trim().split('\n')
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dominoes-make-'))
  await copyFile(join(projectFolder, 'Makefile'), join(folder, 'Makefile'))
  const bin = join(folder, 'node_modules/.bin')
  await mkdir(bin, { recursive: true })
  for (const program of programs) {
    await writeFile(join(bin, program), standIn)
    await chmod(join(bin, program), 0o755)
  }
  // Everything is installed already.
  await writeFile(join(folder, 'package-lock.json'), '{}')
  await writeFile(join(folder, 'node_modules/.package-lock.json'), '{}')
  // The folders that `bench` searches.
  await mkdir(join(folder, 'stack'))
  await mkdir(join(folder, 'harness'))
  await writeFile(join(folder, 'stack/x.bench.ts'), '')
  // The targets as make itself reads the file.
  const base = await make('-pRrq', 'help').catch((error: { stdout: string }) => error.stdout)
  targets = [...base.matchAll(/^(?<!# Not a target:\n)([a-z][a-z_-]*):(?!=)/gm)]
    .map((match) => match[1] as string)
    .filter((target) => target !== 'node_modules')
})

afterAll(() => rm(folder, { recursive: true }))

test('help is the default, and tells every target', async () => {
  expect(targets.length).toBeGreaterThan(10)
  const stdout = await make()
  const told = targets.filter((target) => new RegExp(`^  ${target} +\\S`, 'm').test(stdout))
  expect(told).toEqual(targets)
})

test('a target runs although there is a file of its name', async () => {
  const silent: string[] = []
  for (const target of targets.filter((each) => each !== 'help')) {
    await writeFile(join(folder, target), '')
    const calls = await callsOf(target, 'LOG=x')
    if (calls.join('') === '') silent.push(target)
  }
  expect(silent).toEqual([])
})

/** What the command line understands of a call: the command, its options and arguments. */
async function understood(call: string): Promise<readonly unknown[]> {
  const [program, script, ...argv] = call.split(' ')
  expect([program, script]).toEqual(['node', 'harness/cli/main.ts'])
  let seen: readonly unknown[] = []
  const named = commands(new AbortController().signal).find((command) => command.name() === argv[0])
  const stubbed = named?.exitOverride().action((...values: unknown[]) => {
    const command = values.pop() as Command
    seen = [command.name(), values.pop(), ...values]
  })
  await stubbed?.parseAsync(argv.slice(1), { from: 'user' })
  return seen
}

test.each([
  [['reproduce'], 'reproduce', { profile: 'full' }],
  [
    ['reproduce', 'PROFILE=quick', 'EXPERIMENT=tcp-send', 'RECORD=1'],
    'reproduce',
    { profile: 'quick', experiment: 'tcp-send', record: true },
  ],
  [['reproduce', 'FRESH=1'], 'reproduce', { profile: 'full', fresh: true }],
  [
    ['reproduce', 'SHARD=2/3', 'SEED=7'],
    'reproduce',
    { profile: 'full', shard: { index: 2, count: 3 }, seed: 7 },
  ],
  [['merge', 'RUNS=a b/c'], 'merge', {}, ['a', 'b/c']],
  [['merge', 'RUNS=a', 'MIXED=1'], 'merge', { mixed: true }, ['a']],
  [['compare', 'A=a', 'B=b/c'], 'compare', {}, 'a', 'b/c'],
  [['compare', 'A=a', 'B=latest', 'THRESHOLD=5'], 'compare', { threshold: 0.05 }, 'a', 'latest'],
  [['list'], 'list', {}],
  [['show', 'EXPERIMENT=udp', 'PROFILE=quick'], 'show', { profile: 'quick' }, 'udp'],
  [['new', 'EXPERIMENT=mine'], 'new', {}, 'mine'],
  [['report'], 'report', {}, undefined],
  [['report', 'RUN=a/b'], 'report', {}, 'a/b'],
  [['summary'], 'summary', {}],
  [['screenshots'], 'screenshots', {}, undefined],
  [['screenshots', 'RUN=a'], 'screenshots', {}, 'a'],
  [['demo'], 'demo', {}],
  [['demo', 'CHECK=1'], 'demo', { check: true }],
  [['top', 'JSON=1'], 'top', { json: true }],
  [['replay', 'LOG=a/b.log'], 'replay', {}, 'a/b.log'],
  [['calibrate'], 'calibrate', {}],
  [['predict', 'AGAINST=latest'], 'predict', { against: 'latest' }],
  [['setup'], 'setup', {}],
  [['doctor'], 'doctor', {}],
  [['clean'], 'clean', {}],
  [['clean', 'ALL=1', 'RUNS=1'], 'clean', { all: true, runs: true }],
] as const)('make %j means the command `%s` with %j', async (argv, name, options, ...values) => {
  const [call = ''] = await callsOf(...argv)
  expect(await understood(call)).toEqual([name, expect.objectContaining(options), ...values])
})

test('every command has a target', () => {
  const names = commands(new AbortController().signal).map((command) => command.name())
  expect(names.filter((name) => !targets.includes(name))).toEqual([])
})

test('what documents, comments and messages tell to make exists, with its variables', async () => {
  const makefile = await readFile(join(projectFolder, 'Makefile'), 'utf8')
  const files = (await readTree()).filter(({ path }) => /\.(md|ts)$/.test(path))
  const told = files.flatMap(({ path, text }) =>
    [...text.matchAll(/[`:] ?make ([a-z][a-z_-]+)((?: [A-Z]+=\S*)*)/g)].map(([, target, variables]) => ({
      path,
      target: target as string,
      variables: [...(variables as string).matchAll(/([A-Z]+)=/g)].map((match) => match[1] as string),
    })),
  )
  expect(told.length).toBeGreaterThan(20)
  expect(told.filter(({ target }) => !targets.includes(target))).toEqual([])
  // The Makefile itself reads the variable, or it shows `NAME=` because a program reads it from its environment.
  const isKnown = (name: string) => makefile.includes(`$(${name})`) || makefile.includes(`${name}=`)
  const unread = told.filter(({ variables }) => !variables.every(isKnown))
  expect(unread).toEqual([])
})
