import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { namedPaths } from './named-paths.ts'
import { rules } from './rules.ts'
import { lint, linterMillis } from './testing/lint.ts'
import { readTree } from './testing/tree.ts'

const files = await readTree()

test('the tree is read: rules over no file would find nothing', () => {
  expect(files.length).toBeGreaterThan(500)
})

test.each(rules)('%s', (_, rule) => {
  expect(rule(files)).toEqual([])
})

test('what a file starts by its path, it could have imported', { timeout: linterMillis }, async () => {
  const known = new Set(files.flatMap(({ path }) => [path, ...foldersOf(path)]))
  const named = files
    // The tests of these rules name paths only as examples.
    .filter(({ path }) => path.endsWith('.ts') && !path.startsWith('harness/tidy/'))
    .map((file) => ({ path: file.path, specifiers: namedPaths(file, (path) => known.has(path)) }))
    .filter(({ specifiers }) => specifiers.length > 0)
  expect(named.length).toBeGreaterThan(20)
  const complaints = await lint(named.map(({ path, specifiers }) => [path, importAll(specifiers)]))
  // Circles are allowed: a thread's file imports the type of its task from the file that starts it.
  expect(complaints.filter((complaint) => complaint.endsWith(' noRestrictedImports'))).toEqual([])
})

function foldersOf(path: string): string[] {
  const folder = dirname(path)
  return folder === '.' ? [] : [folder, ...foldersOf(folder)]
}

function importAll(specifiers: readonly string[]): string {
  const lines = specifiers.map((specifier, index) => `import { x as x${index} } from '${specifier}'\n`)
  return `${lines.join('')}export const all = [${specifiers.map((_, index) => `x${index}`).join(', ')}]\n`
}
