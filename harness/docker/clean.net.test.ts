import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { otherRecipes } from '../other-stacks/images.ts'
import { temporaryFolder } from '../testing/fixtures.ts'
import { isPresent } from './base.ts'
import { cleanDocker } from './clean.ts'
import { ensureEngine } from './engine/engine.ts'
import { ensureImage, imageName } from './image.ts'
import { imageRepository } from './recipe.ts'

it('removes images of earlier recipes, and keeps the current ones', async () => {
  const docker = await ensureEngine()
  const current = await ensureImage()
  const recipe = { name: 'of-a-test', folder: await temporaryFolder() }
  await writeFile(join(recipe.folder, 'Dockerfile'), 'FROM scratch')
  const other = await imageName(recipe)
  const superseded = `${imageRepository}:000000000000`
  for (const name of [superseded, other]) {
    const [repo = '', tag = ''] = name.split(':')
    await docker.getImage(current).tag({ repo, tag })
  }
  onTestFinished(() => docker.getImage(other).remove())
  const { images } = await cleanDocker({ recipes: [...otherRecipes(), recipe] })
  expect(images).toContain(superseded)
  expect(await isPresent(docker, superseded)).toBe(false)
  expect(await isPresent(docker, current)).toBe(true)
  expect(await isPresent(docker, other)).toBe(true)
})
