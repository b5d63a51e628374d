import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { enterNewNetworkNamespace } from './network-namespace.ts'

const run = promisify(execFile)
const module = new URL('./network-namespace.ts', import.meta.url).href

test('a namespace is entered and left again', () => {
  const leave = enterNewNetworkNamespace()
  leave()
})

test('without the right to make one it is an error that says what is missing', async () => {
  const code = `const { enterNewNetworkNamespace } = await import('${module}'); enterNewNetworkNamespace()`
  const node = [process.execPath, '--input-type=module', '--eval', code]
  const refused = run('setpriv', ['--bounding-set=-sys_admin', ...node])
  await expect(refused).rejects.toThrow(/cannot make a network namespace: EPERM: needs SYS_ADMIN/)
})
