import type Docker from 'dockerode'
import { RunEndingError } from '../error.ts'
import { removeLeftOvers } from './clean-up.ts'
import { statusOf } from './container.ts'
import { findEngine } from './engine/client.ts'
import { stopDaemon } from './engine/daemon.ts'
import { imageName } from './image.ts'
import { type Progress, silent } from './progress.ts'
import { hostRecipe, imageRepository, type Recipe } from './recipe.ts'
import { removeDeadScratch } from './scratch.ts'

/** What the command `clean` does to Docker. It starts no engine, and never touches a run that is alive. */
export interface Cleaned {
  readonly containers: readonly string[]
  /** Containers that belong to live runs, or (without `all`) to processes that cannot be seen from here. */
  readonly kept: readonly string[]
  readonly images: readonly string[]
  readonly directories: readonly string[]
  readonly engineStopped: boolean
}

/**
 * Removes what is left over: containers and directories of dead runs, and images of earlier recipes. With `all`
 * also the current images (of `recipes`) and their bootstrapped base, and the engine is stopped if the harness had started it and no
 * run is alive.
 */
export async function cleanDocker(
  options: { all?: boolean; onProgress?: Progress; recipes?: readonly Recipe[] } = {},
): Promise<Cleaned> {
  const { all = false, onProgress = silent, recipes = [] } = options
  const directories = await removeDeadScratch()
  const nothing = { containers: [], kept: [], images: [], engineStopped: false }
  try {
    const docker = await findEngine()
    return {
      directories,
      ...(docker === undefined ? nothing : await cleanEngine(docker, all, recipes, onProgress)),
    }
  } catch (error) {
    // What hangs can still be stopped; its next start ends what ran in it.
    if (!all || !(error instanceof RunEndingError) || !(await stopDaemon(onProgress))) throw error
    return { directories, ...nothing, engineStopped: true }
  }
}

async function cleanEngine(
  docker: Docker,
  all: boolean,
  recipes: readonly Recipe[],
  onProgress: Progress,
): Promise<Omit<Cleaned, 'directories'>> {
  const { removed, kept } = await removeLeftOvers(docker, { everyone: all, onProgress })
  const current = await Promise.all([hostRecipe, ...recipes].map(imageName))
  const images = await removeImages(docker, all ? [] : current, all, onProgress)
  const engineStopped = all && kept.length === 0 ? await stopDaemon(onProgress) : false
  return { containers: removed, kept, images, engineStopped }
}

async function removeImages(
  docker: Docker,
  kept: readonly string[],
  all: boolean,
  onProgress: Progress,
): Promise<string[]> {
  const names = (await docker.listImages()).flatMap((image) => image.RepoTags ?? [])
  const superseded = names.filter((name) => name.startsWith(`${imageRepository}:`) && !kept.includes(name))
  const base = all ? names.filter((name) => name.startsWith(`${imageRepository}-base:`)) : []
  const removed: string[] = []
  for (const name of [...superseded, ...base]) {
    onProgress(`removing image ${name}`)
    if (await removeImage(docker, name)) removed.push(name)
  }
  return removed
}

/** False if a container still uses it. */
async function removeImage(docker: Docker, name: string): Promise<boolean> {
  try {
    await docker.getImage(name).remove()
    return true
  } catch (error) {
    if (statusOf(error) === 404 || statusOf(error) === 409) return false
    throw error
  }
}
