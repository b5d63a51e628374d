import { expect, test } from 'vitest'
import { conciseSvg } from './concise-svg.ts'

const attribute = / ([\w-]+)="([^"]*)"/g

/** What each part shows: its own attributes over those of the groups around it. */
function shown(svg: string): Record<string, string>[] {
  const groups: Record<string, string>[] = [{}]
  const parts: Record<string, string>[] = []
  for (const [tag, name, rest = ''] of svg.matchAll(/<\/?(g|circle|line|path|text)\b([^>]*)>/g)) {
    const own = Object.fromEntries([...rest.matchAll(attribute)].map(([, key, value]) => [key, value]))
    const all = { ...groups.at(-1), ...own }
    if (tag === '</g>') groups.pop()
    else if (name === 'g') groups.push(all)
    else if (!tag.startsWith('</')) parts.push(all)
  }
  return parts
}

const marks = [
  '<circle cx="1" cy="2" r="3" fill="red" stroke="black"/>',
  '<circle cx="4" cy="5" r="3" fill="blue" stroke="black"/>',
  '<circle cx="6" cy="7" r="3" fill="red" stroke="black"/>',
]

test('what all parts of a group have is said once, and shows as before', () => {
  const svg = `<svg><g>${marks.join('')}</g></svg>`
  const concise = conciseSvg(svg, 'chart')
  expect(concise).toContain('<g fill="red" stroke="black">')
  expect(concise).toContain('<circle cx="4" cy="5" r="3" fill="blue"/>')
  expect(shown(concise)).toEqual(shown(svg))
})

test.each([
  ['a part without the attribute', `<svg><g>${marks.join('')}<line x1="1"/></g></svg>`],
  ['a group that says it itself', `<svg><g fill="green">${marks.join('')}</g></svg>`],
  ['one part', `<svg><g>${marks[0]}</g></svg>`],
  ['groups in groups', `<svg><g fill="green"><g>${marks.join('')}</g><line x1="1"/></g></svg>`],
  ['texts', '<svg><g><text fill="red" x="3">a</text><text fill="red" x="4">b</text></g></svg>'],
])('nothing shows otherwise: %s', (_, svg) => {
  expect(shown(conciseSvg(svg, 'chart'))).toEqual(shown(svg))
})

test('lines that follow one another and look alike become one path; another look begins another', () => {
  const lines = [
    '<line transform="translate(0,1)" x2="9" stroke="red"/>',
    '<line transform="translate(0,2)" y2="-3" stroke="red"/>',
    '<line transform="translate(5,6)" stroke="blue"/>',
  ]
  expect(conciseSvg(`<svg>${lines.join('')}</svg>`, 'chart')).toBe(
    '<svg><path d="M0,1l9,0M0,2l0,-3" stroke="red"/><path d="M5,6l0,0" stroke="blue"/></svg>',
  )
})

test('bars that look alike become one path', () => {
  const bars = ['M0,1h2v3h-2Z', 'M4,1h2v5h-2Z'].map((outline) => `<path d="${outline}" fill="red"/>`)
  expect(conciseSvg(`<svg>${bars.join('')}</svg>`, 'chart')).toBe(
    '<svg><path d="M0,1h2v3h-2ZM4,1h2v5h-2Z" fill="red"/></svg>',
  )
})

test('points of one colour share a group, and a group that says nothing goes', () => {
  const points = ['red', 'red', 'blue'].map((fill, x) => `<circle cx="${x}" cy="0" r="1" fill="${fill}"/>`)
  const svg = `<svg><g><line x1="1"/>${points.join('')}</g></svg>`
  const concise = conciseSvg(svg, 'chart')
  expect(concise).toContain('<g fill="red"><circle cx="0" cy="0" r="1"/><circle cx="1" cy="0" r="1"/></g>')
  expect(concise.match(/<g>/)).toBeNull()
  expect(shown(concise)).toEqual(shown(svg))
})

test('places are told to a tenth of a pixel', () => {
  expect(conciseSvg('<svg><line x1="1.2345" y1="2"/></svg>', 'chart')).toContain('x1="1.2"')
})

test('clip paths are named after their picture', () => {
  const svg = '<svg><clipPath id="clip7"/><g clip-path="url(#clip7)"></g></svg>'
  expect(conciseSvg(svg, 'chart')).toBe(
    '<svg><clipPath id="chart-clip-0"/><g clip-path="url(#chart-clip-0)"></g></svg>',
  )
})
