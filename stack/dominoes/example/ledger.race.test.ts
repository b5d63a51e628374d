import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const file = fileURLToPath(new URL('ledger.ts', import.meta.url))

it('runs, and is what the README shows', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [file])
  // 10,000 / 64 marks and the final digest.
  expect(stdout).toBe('9000 receipts, 157 digests compared, 0 divergences\n')
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  const source = await readFile(file, 'utf8')
  expect(readme).toContain(source)
})
