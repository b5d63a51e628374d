import { expect, test } from 'vitest'
import { looks } from './palette.ts'

/** Relative luminance (WCAG 2.2). */
function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

test('every strategy can be read on a light and on a dark page', () => {
  for (const [strategy, look] of Object.entries(looks)) {
    expect(contrast(look.light, '#fcfcfb'), `${strategy}, light`).toBeGreaterThan(4.5)
    expect(contrast(look.dark, '#14171a'), `${strategy}, dark`).toBeGreaterThan(4.5)
  }
})

test('strategies differ in shape as well as in colour', () => {
  const shapes = Object.values(looks).map((look) => look.shape)
  expect(new Set(shapes).size).toBe(shapes.length)
})
