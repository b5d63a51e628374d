import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../testing/fixtures.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

function run(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [main, 'replay', ...argv], (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr: stripVTControlCharacters(stderr) }),
    )
  })
}

test('a file that is no log is named, with what is wrong and what to do', async () => {
  const path = join(await temporaryFolder(), 'notes')
  await writeFile(path, 'x'.repeat(1000))
  const { code, stdout, stderr } = await run(path)
  expect(code).toBe(1)
  expect(stdout).toBe('')
  expect(stderr).toBe(`${path}: this is not the log of a channel.\n  → name a file that recordPath made.\n`)
})

test('a file that is not there is named', async () => {
  const { code, stderr } = await run('/nowhere/channel.log')
  expect(code).toBe(1)
  expect(stderr).toMatch(/^\/nowhere\/channel.log: the log cannot be read: ENOENT/)
  expect(stderr).toContain('→ check the path and its permissions.')
})

test('a number of replicas that cannot be is wrong usage', async () => {
  const { code, stderr } = await run('log', '--replicas', '1,0')
  expect(code).toBe(2)
  expect(stderr).toContain('Numbers of replicas are from 1 to 64, as in 1,2,4.')
})
