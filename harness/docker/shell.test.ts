import { expect, test } from 'vitest'
import { shell } from './shell.ts'

test('values are arguments as they are, however they look', async () => {
  const values = ["it's", '$(echo no)', 'two words', '*']
  const { exitCode, stdout } = await shell`printf '%s\n' ${values}`
  expect(exitCode).toBe(0)
  expect(stdout).toBe(`${values.join('\n')}\n`)
})

test('a failure is a result, with what was said on either output in order', async () => {
  const { exitCode, stdall } = await shell`echo out; echo error >&2; exit 3`
  expect(exitCode).toBe(3)
  expect(stdall).toContain('out\n')
  expect(stdall).toContain('error\n')
})

test('a program that is not there is 127, and nobody is asked anything', async () => {
  expect((await shell`no-such-program --version`).exitCode).toBe(127)
  expect((await shell`cat`).stdout).toBe('')
})
