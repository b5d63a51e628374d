import { expect, test } from 'vitest'
import {
  headerComment,
  kebabCaseFolders,
  noCrowdedFolders,
  noLockInHandlers,
  noMachinePaths,
  noMisleadingWords,
  noSkippedTests,
  testingOnlyInTests,
} from './rules.ts'

test('a source file without a header comment is reported, a test is not', () => {
  expect(headerComment({ path: 'stack/x.ts', text: 'export const x = 1\n' })).toHaveLength(1)
  expect(headerComment({ path: 'stack/x.ts', text: '/** What x is. */\nexport const x = 1\n' })).toEqual([])
  const imports = "import { a } from 'a'\nimport {\n  b,\n} from 'b'\n\n"
  expect(headerComment({ path: 'stack/x.ts', text: `${imports}/** What x is. */\n` })).toEqual([])
  expect(
    headerComment({ path: 'stack/x.ts', text: `${imports}const a = 1\n/** What x is. */\n` }),
  ).toHaveLength(1)
  expect(headerComment({ path: 'stack/x.test.ts', text: 'import x\n' })).toEqual([])
})

test('a folder that is not in kebab-case is reported', () => {
  expect(kebabCaseFolders({ path: 'stack/LossRecovery/x.ts', text: '' })).toHaveLength(1)
  expect(kebabCaseFolders({ path: 'stack/loss-recovery/x.ts', text: '' })).toEqual([])
})

test('the names of Node globals are reported, even in a comment', () => {
  expect(noMisleadingWords({ path: 'x.ts', text: `// like a ${'Message'}Channel` })).toHaveLength(1)
  expect(noMisleadingWords({ path: 'x.ts', text: '// a message in a channel' })).toEqual([])
})

test('a double used outside tests is reported', () => {
  const text = "import { FakeExecutor } from '../testing/fake-sampler.ts'\n"
  expect(testingOnlyInTests({ path: 'harness/cli/main.ts', text })).toHaveLength(1)
  expect(testingOnlyInTests({ path: 'harness/cli/main.test.ts', text })).toEqual([])
  expect(testingOnlyInTests({ path: 'harness/testing/other.ts', text })).toEqual([])
})

test('a path of one machine is reported', () => {
  expect(noMachinePaths({ path: 'README.md', text: `see /${'home'}/someone/project` })).toHaveLength(1)
  expect(noMachinePaths({ path: 'README.md', text: 'see the home page' })).toEqual([])
})

test('a folder of more than 25 source files is reported, whatever tests lie among them', () => {
  const sources = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ path: `stack/x/file-${index}.ts`, text: '' }))
  const tests = sources(30).map(({ path, text }) => ({ path: path.replace('.ts', '.test.ts'), text }))
  const below = sources(30).map(({ path, text }) => ({ path: path.replace('x/file', 'x/y/file'), text }))
  expect(noCrowdedFolders([...sources(25), ...tests])).toEqual([])
  expect(noCrowdedFolders([...sources(26), ...tests])).toHaveLength(1)
  expect(noCrowdedFolders([...sources(25), ...below])).toMatchObject([
    expect.stringMatching(/^stack\/x\/y: holds 30/),
  ])
})

test('a test that may be skipped is reported, wherever it is declared', () => {
  for (const way of ['skip', 'skipIf(x)', 'runIf(x)', 'todo', 'concurrent.skip']) {
    expect(
      noSkippedTests({ path: 'stack/x.net.test.ts', text: `${'test'}.${way}('x', () => {})` }),
    ).toHaveLength(1)
    expect(
      noSkippedTests({ path: 'stack/testing/x.ts', text: `${'describe'}.${way}('x', () => {})` }),
    ).toHaveLength(1)
  }
  expect(noSkippedTests({ path: 'stack/x.test.ts', text: "test('to skip a byte', () => {})" })).toEqual([])
})

test('a handler that takes a lock is reported, one that assigns a value is not', () => {
  const setsEvent = 'signal.signal(signal.SIGTERM, lambda *_: stopped.set())\n'
  expect(noLockInHandlers({ path: 'harness/x.py', text: setsEvent })).toHaveLength(1)
  expect(
    noLockInHandlers({ path: 'harness/x.py', text: 'signal.signal(signal.SIGTERM, self.note)\n' }),
  ).toEqual([])
})
