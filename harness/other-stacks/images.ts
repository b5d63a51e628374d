/**
 * The images of stacks that are not ours. They are built when an experiment that is to run has cells of such a stack. What
 * cannot be built, or does not start, is no failure of the run: those cells cannot be measured on this machine.
 */
import { ensureImage } from '../docker/image.ts'
import type { Progress } from '../docker/progress.ts'
import { type Recipe, stackRecipe } from '../docker/recipe.ts'
import { HarnessError } from '../error.ts'
import { type OtherStackName, otherStack, otherStackNames } from './other-stacks.ts'
import { probe } from './probe.ts'

/** Undefined for a stack that every host has. */
function recipeOf(name: OtherStackName): Recipe | undefined {
  const image = otherStack(name).container?.image
  return image === undefined ? undefined : stackRecipe(image)
}

/** Of all stacks, whether or not their images are there. */
export function otherRecipes(): Recipe[] {
  return otherStackNames.flatMap((name) => recipeOf(name) ?? [])
}

/** What makes an image, and what tries a stack in it; both throw HarnessError if that is impossible here. */
export interface Means {
  readonly ensure: typeof ensureImage
  readonly probe: typeof probe
}

/**
 * Builds the images of those of `wanted` that are other stacks with images of their own, as far as they are not there, and
 * tries each. Returns why one cannot be had, by the stack's name, as a phrase.
 */
export async function readyStacks(
  wanted: ReadonlySet<string>,
  onProgress: Progress,
  { ensure, probe: attempt }: Means = { ensure: ensureImage, probe },
): Promise<ReadonlyMap<string, string>> {
  const lacking = new Map<string, string>()
  for (const name of otherStackNames) {
    const recipe = recipeOf(name)
    if (recipe === undefined || !wanted.has(name)) continue
    try {
      await attempt(name, await ensure(onProgress, recipe))
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error
      const [reason = ''] = error.reason.split('\n')
      onProgress(`${name} will not be measured. ${error.reason}`)
      lacking.set(name, reason)
    }
  }
  return lacking
}
