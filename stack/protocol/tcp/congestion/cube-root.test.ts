import { expect, it } from 'vitest'
import { cubeRoot } from './cube-root.ts'

it.each([0, 1, 2, 7, 100, 12_345, 131_071])('is exact at and around the cube of %i', (root) => {
  const cube = root ** 3
  expect(cubeRoot(cube)).toBe(root)
  expect(cubeRoot(cube + 1)).toBe(root === 0 ? 1 : root)
  if (root > 0) expect(cubeRoot(cube - 1)).toBe(root - 1)
})
