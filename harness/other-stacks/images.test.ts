import { expect, test } from 'vitest'
import type { Recipe } from '../docker/recipe.ts'
import { HarnessError } from '../error.ts'
import { type Means, otherRecipes, readyStacks } from './images.ts'

const silent = () => {}

/** Means that note what they were asked for, and fail where they are told to. */
function means({ unbuilt = '', unstarted = '' } = {}) {
  const asked: string[] = []
  const ensure: Means['ensure'] = async (_, recipe?: Recipe) => {
    if (recipe?.name === unbuilt) throw new HarnessError('No compiler.\n    details', 'Install one.')
    asked.push(`build ${recipe?.name}`)
    return `image of ${recipe?.name}`
  }
  const probe: Means['probe'] = async (name, image) => {
    if (name === unstarted) throw new HarnessError('It does not start here: no namespace', 'Allow it.')
    asked.push(`try ${image}`)
  }
  return { asked, ensure, probe }
}

test('only stacks that are wanted are built and tried', async () => {
  const { asked, ...own } = means()
  const lacking = await readyStacks(new Set(['sequential', 'linux', 'pasta']), silent, own)
  expect(asked).toEqual(['build pasta', 'try image of pasta'])
  expect(lacking.size).toBe(0)
})

test('a stack that cannot be built is lacking, with the reason, and the others are made ready', async () => {
  const { asked, ...own } = means({ unbuilt: 'gvisor' })
  const told: string[] = []
  const lacking = await readyStacks(new Set(['gvisor', 'pasta']), (line) => told.push(line), own)
  expect([...lacking]).toEqual([['gvisor', 'No compiler.']])
  expect(asked).toEqual(['build pasta', 'try image of pasta'])
  expect(told).toEqual(['gvisor will not be measured. No compiler.\n    details'])
})

test('so is one that was built and does not start', async () => {
  const { asked, ...own } = means({ unstarted: 'pasta' })
  const lacking = await readyStacks(new Set(['pasta']), silent, own)
  expect([...lacking]).toEqual([['pasta', 'It does not start here: no namespace']])
  expect(asked).toEqual(['build pasta'])
})

test('a defect is no reason to go on without a stack', async () => {
  const ensure = () => Promise.reject(new TypeError('defect'))
  await expect(readyStacks(new Set(['gvisor']), silent, { ...means(), ensure })).rejects.toThrow(TypeError)
})

test('every stack with an image of its own has one recipe', () => {
  const names = otherRecipes().map(({ name }) => name)
  expect(names).toContain('gvisor')
  expect(new Set(names).size).toBe(names.length)
})
