import { expect, test } from 'vitest'
import type { Recipe } from '../docker/recipe.ts'
import { HarnessError } from '../error.ts'
import { buildImages, otherRecipes } from './images.ts'

const silent = () => {}

test('only the images of stacks that are wanted are built', async () => {
  const built: string[] = []
  const ensure = async (_: unknown, recipe?: Recipe) => built.push(recipe?.name ?? '').toString()
  const lacking = await buildImages(new Set(['sequential', 'linux', 'pasta']), silent, ensure)
  expect(built).toEqual(['pasta'])
  expect(lacking.size).toBe(0)
})

test('a stack whose image cannot be built is lacking, with the reason, and the others are built', async () => {
  const built: string[] = []
  const told: string[] = []
  const ensure = async (_: unknown, recipe?: Recipe) => {
    if (recipe?.name === 'gvisor') throw new HarnessError('No compiler.\n    details', 'Install one.')
    return built.push(recipe?.name ?? '').toString()
  }
  const lacking = await buildImages(new Set(['gvisor', 'pasta']), (line) => told.push(line), ensure)
  expect([...lacking]).toEqual([['gvisor', 'its image is missing. No compiler.']])
  expect(built).toEqual(['pasta'])
  expect(told).toEqual(['gvisor will not be measured. No compiler.\n    details'])
})

test('a defect is no reason to go on without a stack', async () => {
  const ensure = () => Promise.reject(new TypeError('defect'))
  await expect(buildImages(new Set(['gvisor']), silent, ensure)).rejects.toThrow(TypeError)
})

test('every stack with an image of its own has one recipe', () => {
  const names = otherRecipes().map(({ name }) => name)
  expect(names).toContain('gvisor')
  expect(new Set(names).size).toBe(names.length)
})
