/**
 * Draws a chart: a Vega-Lite specification from `charts/`, with data put into its named data sets, compiled and
 * rendered to SVG here, so that the page needs no script. With scripts the same Vega specification takes the place of the
 * picture (`script/`). Colours are CSS variables of the page.
 */
import { readFile } from 'node:fs/promises'
import { parse, View } from 'vega'
import { type Config, compile, type TopLevelSpec } from 'vega-lite'
import { conciseSvg } from './concise-svg.ts'
import { escapeHtml, Markup } from './html.ts'

export type ChartName =
  | 'gains'
  | 'values'
  | 'ratios'
  | 'cumulative'
  | 'speedup'
  | 'sizes'
  | 'noise'
  | 'timeline'
  | 'windows'
  | 'cost'
  | 'work'
  | 'prediction'
  | 'load'
  | 'time-sequence'
  | 'throughput'
  | 'round-trips'
  | 'behaviour-lines'

export interface ChartContent {
  /** What the picture shows, for readers who do not see it: a short title, and what it says. */
  readonly title: string
  readonly description: string
  readonly datasets: Readonly<Record<string, readonly object[]>>
  /** What stands in place of `{name}` in the specification's titles. */
  readonly words?: Readonly<Record<string, string>>
  /** Width of the plot, in pixels; the specification's own by default. */
  readonly width?: number
}

const font = 'system-ui, sans-serif'

const config: Config = {
  background: 'transparent',
  font,
  // Screen readers get one description of the chart, not hundreds of marks one by one.
  aria: false,
  view: { stroke: null },
  axis: {
    labelColor: 'var(--quiet)',
    titleColor: 'var(--quiet)',
    titleFontWeight: 'normal',
    labelFontSize: 11,
    titleFontSize: 11,
    gridColor: 'var(--grid)',
    domainColor: 'var(--line)',
    tickColor: 'var(--line)',
  },
  // So that panels side by side have plots of one size, whatever the width of their numbers.
  axisY: { minExtent: 30 },
  text: { fontSize: 11 },
}

export async function readChart(name: ChartName): Promise<TopLevelSpec> {
  return JSON.parse(await readFile(new URL(`charts/${name}.vl.json`, import.meta.url), 'utf8'))
}

/** Names the data sets that a specification expects to be given. */
export function namedData(spec: unknown): string[] {
  if (Array.isArray(spec)) return [...new Set(spec.flatMap(namedData))]
  if (typeof spec !== 'object' || spec === null) return []
  return [
    ...new Set(
      Object.entries(spec).flatMap(([key, value]) =>
        key === 'data' && typeof value.name === 'string' ? [value.name as string] : namedData(value),
      ),
    ),
  ]
}

/** An `<svg>` element. Identifiers in a page have to be unique: `id` is that of this picture, and prefixes others in it. */
export async function drawChart(name: ChartName, id: string, content: ChartContent): Promise<Markup> {
  const spec = withWords(await readChart(name), content.words ?? {})
  const width = content.width === undefined ? {} : { width: content.width }
  const filled = { ...spec, ...width, datasets: content.datasets } as TopLevelSpec
  const { spec: live } = compile(filled, { config })
  const view = new View(parse(live), { renderer: 'none' })
  try {
    return new Markup(describe(await view.toSVG(), id, content), [{ id, spec: live }])
  } finally {
    view.finalize()
  }
}

/** Every title `{name}` of a specification, at any depth, replaced by the word of that name. */
function withWords<T>(spec: T, words: Readonly<Record<string, string>>): T {
  const replace = (key: string, value: unknown) =>
    key === 'title' && typeof value === 'string'
      ? value.replace(/\{(\w+)\}/g, (_, name: string) => words[name] ?? name)
      : value
  return JSON.parse(JSON.stringify(spec, replace))
}

function describe(svg: string, id: string, { title, description }: ChartContent): string {
  const size = /width="([\d.]+)" height="([\d.]+)"/.exec(svg)
  const [, width, height] = size ?? ['', '0', '0']
  const head = `<svg id="${id}" class="chart" role="img" aria-labelledby="${id}-title ${id}-text" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`
  const words = `<title id="${id}-title">${escapeHtml(title)}</title><desc id="${id}-text">${escapeHtml(description)}</desc>`
  return conciseSvg(svg, id).replace(/^[\s\S]*?<svg[^>]*>/, head + words)
}
