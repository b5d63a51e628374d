/** The project's own source tree, for tests over all of it. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { SourceFile } from '../rules.ts'

export const root = fileURLToPath(new URL('../../../', import.meta.url))
const ignored = new Set(['node_modules', '.git', '.cache', 'runs', 'latest'])
const kinds = /\.(ts|py|json|css|md)$|(^|\/)(Makefile|Dockerfile)$/

export async function readTree(folder = ''): Promise<SourceFile[]> {
  const files: SourceFile[] = []
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (ignored.has(entry.name)) continue
    if (entry.isDirectory()) files.push(...(await readTree(path)))
    else if (kinds.test(path)) files.push({ path, text: await readFile(join(root, path), 'utf8') })
  }
  return files
}
