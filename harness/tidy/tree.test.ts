import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { rules, type SourceFile } from './rules.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const ignored = new Set(['node_modules', '.git', '.cache', 'runs', 'latest'])
const kinds = /\.(ts|json|css|md)$|(^|\/)(Makefile|Dockerfile)$/

async function readTree(folder = ''): Promise<SourceFile[]> {
  const files: SourceFile[] = []
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (ignored.has(entry.name)) continue
    if (entry.isDirectory()) files.push(...(await readTree(path)))
    else if (kinds.test(path)) files.push({ path, text: await readFile(join(root, path), 'utf8') })
  }
  return files
}

test('the source tree is tidy', async () => {
  const files = await readTree()
  expect(files.length).toBeGreaterThan(50)
  expect(files.flatMap((file) => rules.flatMap((rule) => rule(file)))).toEqual([])
})
