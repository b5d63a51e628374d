import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { machineSchema } from '../result/manifest.ts'
import { temporaryFolder } from '../testing/fixtures.ts'
import { describeMachine, describeSource } from './machine.ts'

test('a machine is described as the manifest wants it, with or without Docker', async () => {
  const machine = await describeMachine()
  expect(machineSchema.parse(machine)).toEqual(machine)
  expect(machine.nodeVersion).toBe(process.version)
})

test('source outside a work tree has no commit', async () => {
  expect(await describeSource(await temporaryFolder())).toEqual({
    commit: null,
    dirty: false,
    changes: null,
  })
})

test('uncommitted changes have a name, which is that of no others', async () => {
  const folder = await temporaryFolder()
  const git = (...argv: string[]) => execa('git', ['-C', folder, ...argv])
  await git('init', '-q')
  await writeFile(join(folder, 'kept'), 'one')
  await git('add', 'kept')
  await git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-qm', 'first')
  expect(await describeSource(folder)).toMatchObject({ dirty: false, changes: null })
  const names: (string | null)[] = []
  const write = async (name: string, content: string) => {
    await writeFile(join(folder, name), content)
    const { dirty, changes } = await describeSource(folder)
    expect(dirty).toBe(true)
    names.push(changes)
  }
  await write('kept', 'two')
  await write('new', 'three')
  await write('new', 'four')
  await write('new', 'three')
  expect(names[3]).toBe(names[1])
  expect(new Set(names).size).toBe(3)
  expect(names).not.toContain(null)
})
