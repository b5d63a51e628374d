/**
 * Files and folders of the tree that a source file names in its strings: the entry of a thread, a program that is started,
 * a module whose name is put together. The file depends on them as on imports, but the linter does not see this. Pure.
 *
 * A path joined from single words is not seen: write it in one string.
 */
import { posix } from 'node:path'
import type { SourceFile } from './rules.ts'

/**
 * Imports are matched so that they are skipped: the linter sees them itself. Comments come before strings, so that a
 * quotation in a comment is not taken for a string. Strings are matched within one line only.
 */
const importsCommentsStrings =
  /^(?:import|export)\b[^'"`()=]*'[^'\n]*'|\/\*[\s\S]*?\*\/|\/\/[^\n]*|'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\\n]|\\.)*)`/gm

const hole = /\$\{[^}]*\}/

/** The named paths as an import in the file would write them, each once. `exists` tells whether the tree has a path. */
export function namedPaths({ path, text }: SourceFile, exists: (path: string) => boolean): string[] {
  const folder = posix.dirname(path)
  const found = new Set<string>()
  for (const [, single, double, template] of text.matchAll(importsCommentsStrings)) {
    for (const piece of (single ?? double ?? template ?? '').split(hole)) {
      for (const target of readings(folder, piece)) {
        // Not the file itself, nor the folders that it lies in.
        if (exists(target) && !`${path}/`.startsWith(`${target}/`)) found.add(specifier(folder, target))
      }
    }
  }
  return [...found]
}

/** The paths from the project's folder that a string may mean. */
function readings(folder: string, piece: string): string[] {
  if (!/^[\w./-]+$/.test(piece)) return []
  const beside = trimmed(posix.join(folder, piece))
  if (piece.startsWith('.')) return [beside]
  // A word alone names no path, unless it looks like a file.
  if (!/\/.|\.\w+$/.test(piece)) return []
  return [beside, trimmed(posix.normalize(piece))]
}

function trimmed(path: string): string {
  return path.replace(/^\/|\/$/g, '')
}

function specifier(folder: string, target: string): string {
  const relative = posix.relative(folder, target)
  return relative.startsWith('.') ? relative : `./${relative}`
}
