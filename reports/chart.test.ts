import { readdir } from 'node:fs/promises'
import { compile, type TopLevelSpec } from 'vega-lite'
import { expect, test, vi } from 'vitest'
import { type ChartContent, type ChartName, drawChart, namedData, readChart } from './chart.ts'

const row = { colour: 'var(--replicated)', shape: 'circle', fill: 'none' }

/** One row for each data set that a specification names. */
const examples: Readonly<Record<ChartName, Readonly<Record<string, readonly object[]>>>> = {
  'time-sequence': {
    lines: [
      { ...row, which: 'acknowledged', dash: [1, 0], millis: 0.5, kilobytes: 1 },
      { ...row, which: 'acknowledged', dash: [1, 0], millis: 2, kilobytes: 4 },
    ],
    sack: [{ ...row, millis: 1, from: 3, to: 4 }],
    segments: [{ ...row, millis: 0.7, from: 1, to: 2.4 }],
    ends: [{ ...row, millis: 0.8, to: 2.4 }],
    events: [{ ...row, millis: 1.5, to: 2.4 }],
  },
  throughput: {
    throughput: [
      { ...row, which: 'bytes', dash: [1, 0], millis: 0, value: 900 },
      { ...row, which: 'bytes', dash: [1, 0], millis: 5, value: 1200 },
    ],
  },
  'round-trips': {
    samples: [{ ...row, millis: 3, value: 0.4 }],
    lines: [
      { ...row, which: 'SRTT', dash: [1, 0], millis: 0, value: 0.5 },
      { ...row, which: 'SRTT', dash: [1, 0], millis: 5, value: 0.3 },
    ],
  },
  'behaviour-lines': {
    lines: [
      { ...row, which: 'window', dash: [1, 0], millis: 0, value: 14 },
      { ...row, which: 'window', dash: [1, 0], millis: 5, value: 28 },
    ],
  },
  values: {
    cells: [{ ...row, configuration: 'N=1', median: 1, low: 0.9, high: 1.1, label: '1.00' }],
    samples: [{ ...row, configuration: 'N=1', value: 1.05 }],
    references: [{ ...row, label: 'Linux', value: 2 }],
  },
  speedup: {
    lines: [
      { ...row, replicas: 1, speedup: 1, line: 'ideal', dash: [2, 3] },
      { ...row, replicas: 2, speedup: 2, line: 'ideal', dash: [2, 3] },
    ],
    labels: [{ ...row, replicas: 2, speedup: 2, label: 'ideal' }],
    points: [{ ...row, position: 2, median: 1.5, low: 1.4, high: 1.6 }],
  },
  sizes: {
    lines: [
      { ...row, bytes: 536, speedup: 1.1, line: 'N=2', dash: [1, 0] },
      { ...row, bytes: 8960, speedup: 1.5, line: 'N=2', dash: [1, 0] },
    ],
    labels: [{ ...row, bytes: 65_160, speedup: 1.8, label: '64 KB' }],
    points: [{ ...row, bytes: 1460, median: 1.2, low: 1.1, high: 1.3 }],
  },
  gains: {
    band: [{ ...row, low: 1.15, high: 4 }],
    types: [{ ...row, type: 'Bulk send' }],
    others: [{ ...row, type: 'Bulk send', median: 1.1 }],
    outcomes: [{ ...row, type: 'Bulk send', sign: '●' }],
    predicted: [{ ...row, type: 'Bulk send', median: 2.2, low: 2, high: 2.5 }],
    measured: [{ ...row, type: 'Bulk send', median: 1.3, low: 1.2, high: 1.4 }],
  },
  ratios: {
    cells: [{ ...row, cell: 'N=2', median: 1.2, low: 0.9, high: 1.5 }],
    rounds: [{ ...row, cell: 'N=2', ratio: 1.3 }],
  },
  cumulative: {
    lines: [
      { ...row, line: 'N=2', value: 10, nines: 0.3, dash: [1, 0] },
      { ...row, line: 'N=2', value: 100, nines: 3, dash: [1, 0] },
    ],
    marks: [{ ...row, value: 10, nines: 0.3 }],
  },
  load: {
    points: [
      { ...row, line: 'N=2', load: 500, median: 200, low: 150, high: 300, dash: [1, 0] },
      { ...row, line: 'N=2', load: 3000, median: 900, low: 700, high: 1200, dash: [1, 0] },
    ],
    labels: [{ ...row, line: 'N=2', load: 3000, median: 900 }],
  },
  noise: { samples: [{ ...row, cell: 'cipher, N=2', percent: 101 }] },
  timeline: {
    goodput: [
      { ...row, seconds: 0.01, mbps: 900 },
      { ...row, seconds: 0.035, mbps: 0 },
    ],
    events: [{ ...row, seconds: 0.03 }],
  },
  windows: {
    began: [{ ...row, seconds: 0.3 }],
    windows: [
      { ...row, which: 'in flight', dash: [2, 2], seconds: 0.01, kilobytes: 14 },
      { ...row, which: 'in flight', dash: [2, 2], seconds: 0.02, kilobytes: 28 },
    ],
  },
  cost: {
    limits: [{ ...row, percent: 3 }],
    rounds: [{ ...row, cell: 'cipher, N=2', percent: 1 }],
    cells: [{ ...row, cell: 'cipher, N=2', median: 1, low: -1, high: 2 }],
  },
  work: {
    parts: [{ ...row, cell: 'cipher, N=2', place: 0, seconds: 2 }],
    model: [{ ...row, cell: 'cipher, N=2', seconds: 3 }],
  },
  prediction: {
    predicted: [
      { ...row, strategy: 'locked', replicas: 1, median: 1, low: 0.9, high: 1.1 },
      { ...row, strategy: 'locked', replicas: 64, median: 3, low: 2, high: 4 },
    ],
    here: [{ ...row, position: 2.1, median: 1.5, low: 1.4, high: 1.6 }],
  },
}

const names = Object.keys(examples) as ChartName[]
const content = (name: ChartName) => ({
  title: 'A <title>',
  description: 'What & why',
  datasets: examples[name],
})

const svgOf = async (name: ChartName, id: string, what: ChartContent) =>
  (await drawChart(name, id, what)).text

test('every specification in the folder is drawn by a test', async () => {
  const files = await readdir(new URL('charts/', import.meta.url))
  expect(files.sort()).toEqual(names.map((name) => `${name}.vl.json`).sort())
})

for (const name of names) {
  test(`${name} compiles without a warning`, async () => {
    const warn = vi.fn()
    const logger = { warn, info() {}, debug() {}, error: warn, level: () => logger } as never
    const spec = { ...(await readChart(name)), datasets: examples[name] } as TopLevelSpec
    compile(spec, { logger })
    expect(warn.mock.calls).toEqual([])
  })

  test(`${name} names exactly the data that it is given`, async () => {
    expect(namedData(await readChart(name)).sort()).toEqual(Object.keys(examples[name]).sort())
  })

  test(`${name} draws each of its data sets`, async () => {
    const empty = Object.fromEntries(Object.keys(examples[name]).map((set) => [set, []]))
    const bare = await svgOf(name, 'x', { ...content(name), datasets: empty })
    for (const set of Object.keys(examples[name])) {
      const svg = await svgOf(name, 'x', {
        ...content(name),
        datasets: { ...empty, [set]: examples[name][set] ?? [] },
      })
      expect(svg.length, `data set ${set}`).toBeGreaterThan(bare.length)
      expect(svg).toContain('var(--replicated)')
    }
  })
}

test('titles of a picture are words that it is given', async () => {
  const svg = await svgOf('values', 'pic', { ...content('values'), words: { quantity: 'Speed (mph)' } })
  expect(svg).toContain('>Speed (mph)<')
  expect(svg).not.toContain('{quantity}')
})

test('a picture is described for readers who do not see it', async () => {
  const svg = await svgOf('noise', 'pic', content('noise'))
  expect(svg).toMatch(/^<svg [^>]*role="img" aria-labelledby="pic-title pic-text"/)
  expect(svg).toContain(
    '<title id="pic-title">A &lt;title&gt;</title><desc id="pic-text">What &amp; why</desc>',
  )
})

test('a picture has the size that its view box says', async () => {
  const svg = await svgOf('noise', 'pic', { ...content('noise'), width: 300 })
  const [, width, box] = /width="(\d+)" height="\d+" viewBox="0 0 (\d+) \d+"/.exec(svg) ?? []
  expect(Number(width)).toBeGreaterThan(300)
  expect(box).toBe(width)
})

test('identifiers in a picture are its own', async () => {
  for (const name of names) {
    const svg = await svgOf(name, 'mine', content(name))
    for (const [, id] of svg.matchAll(/ id="([^"]*)"/g)) expect(id).toMatch(/^mine(-|$)/)
    expect(await svgOf(name, 'mine', content(name))).toBe(svg)
  }
})

test('a picture fetches nothing', async () => {
  for (const name of names) {
    const svg = await svgOf(name, 'x', content(name))
    expect(svg.replaceAll('http://www.w3.org/', '')).not.toMatch(/https?:|<script|@import|url\((?!#)/)
  }
})
