import type Docker from 'dockerode'
import { RunEndingError } from '../error.ts'
import { findLeftOvers, removeLeftOvers } from './clean-up.ts'
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
  let kept: readonly string[] = []
  const stop = async () => all && kept.length === 0 && (await stopDaemon(onProgress))
  try {
    const docker = await findEngine()
    if (docker === undefined) return { directories, containers: [], kept, images: [], engineStopped: false }
    const found = await findLeftOvers(docker, all)
    kept = found.kept
    const containers = await removeLeftOvers(docker, onProgress, found.leftOver)
    const current = await Promise.all([hostRecipe, ...recipes].map(imageName))
    const images = await removeImages(docker, all ? [] : current, all, onProgress)
    return { directories, containers, kept, images, engineStopped: await stop() }
  } catch (error) {
    // What hangs can still be stopped; its next start ends what ran in it.
    if (!(error instanceof RunEndingError) || !(await stop())) throw error
    return { directories, containers: [], kept, images: [], engineStopped: true }
  }
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
