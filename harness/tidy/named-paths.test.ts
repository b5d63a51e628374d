import { expect, test } from 'vitest'
import { namedPaths } from './named-paths.ts'

const tree = new Set([
  'stack',
  'stack/sim',
  'stack/sim/hosts/world.ts',
  'stack/index.ts',
  'harness',
  'harness/runner',
])
const named = (text: string) => namedPaths({ path: 'harness/runner/run.ts', text }, (path) => tree.has(path))

test.each([
  ['the entry of a thread', "new Worker(new URL('../../stack/sim/hosts/world.ts', import.meta.url))"],
  ['a program, from the project', "execa('node', ['stack/sim/hosts/world.ts'])"],
  ['a program in a container', `const argv = [\`\${paths.project}/stack/sim/hosts/world.ts\`]`],
  ['a module', 'await import("../../stack/sim/hosts/world.ts")'],
])('%s is found', (_, text) => {
  expect(named(text)).toEqual(['../../stack/sim/hosts/world.ts'])
})

test('a folder is found, too: what follows it may be added later', () => {
  expect(named(`const programs = \`\${paths.project}/stack/sim\``)).toEqual(['../../stack/sim'])
  expect(named("new URL('../../stack/sim/', import.meta.url)")).toEqual(['../../stack/sim'])
})

test('what is imported is not: the linter sees it', () => {
  expect(named("import { World } from '../../stack/sim/hosts/world.ts'\n")).toEqual([])
  expect(named("export type {\n  World,\n} from '../../stack/sim/hosts/world.ts'\n")).toEqual([])
})

test('comments, words, folders above, and what is not in the tree are not', () => {
  expect(named("// see 'stack/sim/hosts/world.ts'\n/* or '../../stack/sim' */")).toEqual([])
  expect(named("const role = 'stack'")).toEqual([])
  expect(named("new URL('../../', import.meta.url); new URL('../runner', import.meta.url)")).toEqual([])
  expect(named("'../../stack/sim/nothing.ts'")).toEqual([])
})
