/** Lints a tree of snippets with the project's own rules. */
import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { temporaryFolder } from '../../testing/fixtures.ts'
import { root } from './tree.ts'

const run = promisify(execFile)

/** Time limit of a test that starts the linter, in milliseconds; long enough for a busy machine. */
export const linterMillis = 60_000

/** Returns `path rule` for every complaint. */
export async function lint(
  files: readonly (readonly [path: string, text: string, ...unknown[]])[],
): Promise<string[]> {
  const folder = await temporaryFolder()
  const { vcs, ...rules } = JSON.parse(await readFile(join(root, 'biome.json'), 'utf8'))
  await writeFile(join(folder, 'biome.json'), JSON.stringify(rules))
  for (const [path, text] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  const argv = ['lint', '--reporter=json', '--max-diagnostics=none', '.']
  const biome = join(root, 'node_modules/.bin/biome')
  const { stdout } = await run(biome, argv, { cwd: folder }).catch((error: { stdout: string }) => error)
  const report = JSON.parse(stdout) as {
    diagnostics: { category: string; location: { path: string | { file: string } } }[]
  }
  return report.diagnostics.map(({ category, location }) => {
    const path = typeof location.path === 'string' ? location.path : location.path.file
    return `${path.replace(/^\.\//, '')} ${category.split('/').at(-1)}`
  })
}
