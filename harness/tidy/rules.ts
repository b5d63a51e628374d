/**
 * What the source tree has to look like, beyond what the linter can say (see `biome.json`). Pure: each rule looks at
 * paths and texts, and returns complaints.
 */
import { posix } from 'node:path'

export interface SourceFile {
  /** From the project's root, with `/`. */
  readonly path: string
  readonly text: string
}

/** A rule for one file. */
export type Rule = (file: SourceFile) => string[]

/** A rule for all files together. */
export type TreeRule = (files: readonly SourceFile[]) => string[]

const isTest = (path: string) => /\.(test|bench)\.ts$/.test(path)

/** Definitions say in their own fields what they are. */
const isData = (path: string) => /^(experiments|topologies)\//.test(path)

const leadingImports = /^(import\b[^']*'[^']*'\n|\n)*/

/** A reader learns from the first comment, above or directly below the imports, what a file is. */
export const headerComment: Rule = ({ path, text }) =>
  !path.endsWith('.ts') ||
  isTest(path) ||
  isData(path) ||
  path.endsWith('.config.ts') ||
  text.replace(leadingImports, '').startsWith('/**')
    ? []
    : [`${path}: starts with no header comment; say in /** … */ what this file is`]

const kebabFolder = /^\.?[a-z0-9]+(-[a-z0-9]+)*$/

/** For folders; the linter checks the names of files. */
export const kebabCaseFolders: Rule = ({ path }) =>
  path
    .split('/')
    .slice(0, -1)
    .filter((folder) => !kebabFolder.test(folder))
    .map((folder) => `${path}: folder "${folder}" is not in kebab-case`)

/** Node has globals of these names: even in a comment they mislead. Spelled in two parts, or this file would match. */
const misleading = ['Broadcast', 'Message'].map((half) => `${half}Channel`)

export const noMisleadingWords: Rule = ({ path, text }) =>
  path === 'biome.json'
    ? []
    : misleading
        .filter((word) => text.includes(word))
        .map((word) => `${path}: "${word}" is the name of a Node global`)

/** Fakes and fixtures are for tests only. */
export const testingOnlyInTests: Rule = ({ path, text }) =>
  !path.endsWith('.ts') ||
  isTest(path) ||
  /(^|\/)testing\//.test(path) ||
  !/from '[^']*\/testing\//.test(text)
    ? []
    : [`${path}: imports from a testing folder; only tests may`]

/** Paths must be valid wherever the project was put, not only on one machine. */
export const noMachinePaths: Rule = ({ path, text }) =>
  /(^|[\s'"`(])\/(home|Users)\/\w/.test(text) ? [`${path}: names a folder of one machine`] : []

const skipped = /\b(describe|test|it)(\.\w+)*\.(skip|skipIf|runIf|todo)\b/

/** Where a machine lacks what a test needs, the test fails and says so: a skipped test would not be noticed. */
export const noSkippedTests: Rule = ({ path, text }) =>
  /\.test\.ts$|(^|\/)testing\//.test(path) && skipped.test(text)
    ? [`${path}: skips tests; let them fail, saying what is missing`]
    : []

const takesLock = /signal\.signal\(.*\.(set|acquire|notify\w*|put|wait|join)\b/

/** A handler runs in the midst of whatever it interrupts. A lock that is held there is never let go. */
export const noLockInHandlers: Rule = ({ path, text }) =>
  path.endsWith('.py') && text.split('\n').some((line) => takesLock.test(line))
    ? [`${path}: takes a lock in a signal's handler; wait for the signal, or assign a value and no more`]
    : []

/** Most source files in one folder: with more it needs subfolders. */
const folderLimit = 25
/** Lists of files that do not know each other: whoever adds one looks for a free name, and for nothing else there. */
const listFolders = ['experiments', 'topologies']

export const noCrowdedFolders: TreeRule = (files) => {
  const counts = new Map<string, number>()
  for (const { path } of files) {
    if (!path.endsWith('.ts') || isTest(path)) continue
    const folder = posix.dirname(path)
    counts.set(folder, (counts.get(folder) ?? 0) + 1)
  }
  return [...counts]
    .filter(([folder, count]) => count > folderLimit && !listFolders.includes(folder))
    .map(([folder, count]) => `${folder}: holds ${count} source files, more than ${folderLimit}`)
}

const ofEach =
  (rule: Rule): TreeRule =>
  (files) =>
    files.flatMap(rule)

/** Each rule with a sentence, which names its test. */
export const rules: readonly (readonly [says: string, rule: TreeRule])[] = [
  ['every source file begins by saying what it is', ofEach(headerComment)],
  ['every folder is named in kebab-case', ofEach(kebabCaseFolders)],
  ['nothing is named like a Node global', ofEach(noMisleadingWords)],
  ['only tests import from testing folders', ofEach(testingOnlyInTests)],
  ['no document or source names a folder of one machine', ofEach(noMachinePaths)],
  ['no test is skipped', ofEach(noSkippedTests)],
  ['no handler of a signal takes a lock', ofEach(noLockInHandlers)],
  [`no folder holds more than ${folderLimit} source files beside each other`, noCrowdedFolders],
]
