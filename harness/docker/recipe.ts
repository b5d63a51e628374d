/**
 * What an image is made of: a folder with its Dockerfile, and the files that this copies. An image is named after its
 * recipe's content: another content is another image, and an unchanged one is never built again.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Recipe {
  /** Stands before the hash in the tag of its image; empty for the image of every host. */
  readonly name: string
  readonly folder: string
}

/** By its path in the build's context. */
export type RecipeFiles = ReadonlyMap<string, Buffer>

export const imageRepository = 'dominoes'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Of the image that all others are built on. */
export const hostRecipe: Recipe = { name: '', folder: here('host-image') }

/** Of the folder of that name in `other-stacks/`. */
export function stackRecipe(name: string): Recipe {
  return { name, folder: here(`../other-stacks/${name}`) }
}

/** All files of a recipe that an image may hold: its sources in TypeScript are the harness's. In the order of their paths. */
export async function filesOf({ folder }: Recipe): Promise<RecipeFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  const own = await Promise.all(
    paths.map(async (path) => [relative(folder, path), await readFile(path)] as const),
  )
  return new Map([...own, ['packages/install', await readFile(here('install-packages.sh'))] as const])
}

/** Name and tag of the image that these files make on top of `base`, the name of another one; empty for that of every host. */
export function nameOf({ name }: Recipe, files: RecipeFiles, base = ''): string {
  const hash = createHash('sha256').update(base)
  for (const [path, content] of files) hash.update(`\0${path}\0`).update(content)
  return `${imageRepository}:${name === '' ? '' : `${name}-`}${hash.digest('hex').slice(0, 12)}`
}
