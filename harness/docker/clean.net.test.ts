import { expect, it } from 'vitest'
import { isPresent } from './base.ts'
import { cleanDocker } from './clean.ts'
import { ensureEngine } from './engine.ts'
import { ensureImage } from './image.ts'
import { imageRepository } from './recipe.ts'

it('removes images of earlier recipes, and keeps the current one', async () => {
  const docker = await ensureEngine()
  const current = await ensureImage()
  const superseded = `${imageRepository}:000000000000`
  await docker.getImage(current).tag({ repo: imageRepository, tag: '000000000000' })
  const { images } = await cleanDocker()
  expect(images).toContain(superseded)
  expect(await isPresent(docker, superseded)).toBe(false)
  expect(await isPresent(docker, current)).toBe(true)
})
