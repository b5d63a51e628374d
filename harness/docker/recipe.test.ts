import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../testing/fixtures.ts'
import { filesOf, hostRecipe, nameOf, stackRecipe } from './recipe.ts'

async function recipeOf(files: Readonly<Record<string, string>>) {
  const folder = await temporaryFolder()
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true })
    await writeFile(join(folder, path), content)
  }
  return { name: 'other', folder }
}

test('a recipe has the files of its folder, however deep, and the script that installs packages', async () => {
  const recipe = await recipeOf({ Dockerfile: 'FROM x', 'driver/main.go': 'package main', 'other.ts': '' })
  const files = await filesOf(recipe)
  expect([...files.keys()]).toEqual(['Dockerfile', 'driver/main.go', 'packages/install'])
  expect(files.get('Dockerfile')?.toString()).toBe('FROM x')
})

test('equal content has an equal name; another file, another content or another base has another', async () => {
  const nameFor = async (files: Readonly<Record<string, string>>, base = 'below') => {
    const recipe = await recipeOf(files)
    return nameOf(recipe, await filesOf(recipe), base)
  }
  const name = await nameFor({ Dockerfile: 'FROM x' })
  expect(name).toMatch(/^dominoes:other-[0-9a-f]{12}$/)
  expect(await nameFor({ Dockerfile: 'FROM x', 'notes.ts': 'of the harness' })).toBe(name)
  const others = [
    await nameFor({ Dockerfile: 'FROM y' }),
    await nameFor({ Dockerfile: 'FROM x', extra: '' }),
    await nameFor({ Dockerfile: 'FROM x' }, 'another'),
  ]
  expect(new Set([name, ...others]).size).toBe(4)
})

test('the image of every host is named by its hash alone, and holds no source of the project', async () => {
  const files = await filesOf(hostRecipe)
  expect(nameOf(hostRecipe, files)).toMatch(/^dominoes:[0-9a-f]{12}$/)
  expect([...files.keys()]).toEqual(['Dockerfile', 'packages/install'])
})

test('a stack’s recipe is the folder of its name', async () => {
  expect([...(await filesOf(stackRecipe('pasta'))).keys()]).toEqual(['Dockerfile', 'packages/install'])
})
