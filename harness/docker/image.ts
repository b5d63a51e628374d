import { Readable } from 'node:stream'
import type Docker from 'dockerode'
import { pack } from 'tar-stream'
import { HarnessError, messageOf } from '../error.ts'
import { ensureBase, isPresent } from './base.ts'
import { ensureEngine } from './engine/engine.ts'
import { type EngineEvent, followEvents } from './engine-events.ts'
import { type HostApt, readHostApt } from './host-apt.ts'
import { withLock } from './lock.ts'
import { type Progress, silent } from './progress.ts'
import { filesOf, hostRecipe, nameOf, type Recipe, type RecipeFiles } from './recipe.ts'

/**
 * The images of containers, each built once from its recipe: the image of every host, and those on top of it for nodes with
 * another stack than ours. An image is built when a deployment first needs it.
 */

/** Name and tag of the image that a recipe makes, whether or not it is there. */
export async function imageName(recipe: Recipe = hostRecipe): Promise<string> {
  const files = await filesOf(recipe)
  return nameOf(recipe, files, recipe === hostRecipe ? '' : await imageName())
}

/** Name of the image, present on the engine after the call. Any number of processes may call at once. */
export async function ensureImage(
  onProgress: Progress = silent,
  recipe: Recipe = hostRecipe,
): Promise<string> {
  const docker = await ensureEngine(onProgress)
  const name = await imageName(recipe)
  if (await isPresent(docker, name)) return name
  const base = recipe === hostRecipe ? undefined : await ensureImage(onProgress)
  await withLock(
    'image',
    'building the image',
    async () => {
      if (!(await isPresent(docker, name))) await build(docker, name, recipe, base, onProgress)
    },
    onProgress,
  )
  return name
}

/** `below`: the image that this one is built on; undefined: Debian itself. */
async function build(
  docker: Docker,
  name: string,
  recipe: Recipe,
  below: string | undefined,
  onProgress: Progress,
): Promise<void> {
  const host = await readHostApt()
  const base = below ?? (await ensureBase(docker, host, onProgress))
  onProgress(`building ${name}`)
  const lastWords: string[] = []
  const onEvent = (event: EngineEvent) => {
    const words = event.stream?.trim()
    if (!words) return
    lastWords.push(words)
    if (lastWords.length > 8) lastWords.shift()
    const line = words.split('\n').at(-1) ?? ''
    if (/^(Step|Get:|Fetched|Unpacking|Setting up)/.test(line)) onProgress(line)
  }
  try {
    const answer = await docker.buildImage(context(await filesOf(recipe), host), {
      t: name,
      buildargs: { BASE: base },
      // The engine may have no network of its own to offer.
      networkmode: 'host',
      rm: true,
      forcerm: true,
      labels: { 'dominoes.image': name },
    })
    await followEvents(answer, onEvent)
  } catch (error) {
    throw new HarnessError(
      `The image could not be built: ${messageOf(error)}\n    ${lastWords.join('\n    ')}`,
      'Check that containers reach the package archive (make doctor), then try again.',
      error,
    )
  }
}

function context(files: RecipeFiles, host: HostApt) {
  const archive = pack()
  for (const [path, content] of files) archive.entry({ name: path }, content)
  archive.entry({ name: 'packages/sources.list' }, lines(host.sources))
  archive.entry({ name: 'packages/host.conf' }, lines(host.settings))
  archive.entry({ name: 'packages/ca-certificates.crt' }, host.certificates)
  archive.finalize()
  return Readable.from(archive)
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('')
}
