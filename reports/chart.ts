/**
 * Draws a chart: a Vega-Lite specification from `charts/`, with data put into its named data sets, compiled and
 * rendered to SVG here, so that the page needs no script. With scripts the same Vega specification takes the place of the
 * picture (`script/`). Colours are CSS variables of the page.
 */
import { readFile } from 'node:fs/promises'
import { parse, View } from 'vega'
import { type Config, compile, type TopLevelSpec } from 'vega-lite'
import { escapeHtml, Markup } from './html.ts'

export type ChartName =
  | 'gains'
  | 'values'
  | 'ratios'
  | 'cumulative'
  | 'speedup'
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
  return ownClips(hoisted(concise(shortened(svg))), id).replace(/^[\s\S]*?<svg[^>]*>/, head + words)
}

/**
 * Without what says nothing: a page has hundreds of pictures, and half of their bytes are roles of parts that have no name
 * (the picture has one, and a description), values that are the default, empty backgrounds, and the font, which the
 * style sheet gives. A circle is told as one.
 */
function concise(svg: string): string {
  return svg
    .replace(/ (?:role|aria-roledescription|aria-hidden|class|pointer-events|font-family)="[^"]*"/g, '')
    .replace(/ (?:opacity|stroke-width)="1"| (?:x2|y2)="0"| font-weight="normal"/g, '')
    .replace(/<path d="M0,0h0v0h0Z"\/>|<path d=""(?: display="none")?\/>/g, '')
    .replace(
      /<path transform="translate\(([^,]+),([^)]+)\)" d="M([\d.]+),0A\3,\3,0,1,1,-\3,0A\3,\3,0,1,1,\3,0"/g,
      '<circle cx="$1" cy="$2" r="$3"',
    )
}

/** Attributes that a part of a picture has from its group if it has none of its own. */
const inherited =
  /^(?:fill|fill-opacity|stroke|stroke-width|stroke-opacity|stroke-dasharray|font-size|font-style|text-anchor)$/
const leafGroup = /<g([^>]*)>((?:<(path|circle|line|text|rect)\b[^>]*?(?:\/>|>[^<]*<\/\3>))+)<\/g>/g
const part = /<(?:path|circle|line|text|rect)\b([^>]*?)\/?>/g
const attribute = / ([\w-]+)="([^"]*)"/g

/** What all parts of a group say, each in its own way or in the same, is said once, in the way that most have. */
function hoisted(svg: string): string {
  return svg.replace(leafGroup, (whole, own: string, children: string) => {
    const parts = [...children.matchAll(part)].map(
      ([, text = '']) => new Map([...text.matchAll(attribute)].map(([, name, value]) => [name, value])),
    )
    if (parts.length < 2) return whole
    const common = [...(parts[0]?.keys() ?? [])]
      .filter(
        (name): name is string => name !== undefined && inherited.test(name) && !own.includes(` ${name}="`),
      )
      .filter((name) => parts.every((each) => each.has(name)))
      .map((name) => ` ${name}="${mostFrequent(parts.map((each) => each.get(name) ?? ''))}"`)
    const short = common.reduce((text, said) => text.replaceAll(said, ''), children)
    return `<g${own}${common.join('')}>${short}</g>`
  })
}

function mostFrequent(values: readonly string[]): string {
  const counts = Object.entries(Object.groupBy(values, (value) => value))
  return counts.reduce((most, each) => ((each[1]?.length ?? 0) > (most[1]?.length ?? 0) ? each : most))[0]
}

/** Vega numbers its clip paths through all pictures, and again in a browser: here they are named after their picture. */
function ownClips(svg: string, id: string): string {
  const names = new Map<string, string>()
  return svg.replace(/(id="|url\(#)(clip\d+)/g, (_, before: string, name: string) => {
    const own = names.get(name) ?? `${id}-clip-${names.size}`
    names.set(name, own)
    return before + own
  })
}

/** Places to a tenth of a pixel: more digits are a third of a picture's size, and nobody sees them. */
function shortened(svg: string): string {
  return svg.replace(/ (?:d|transform|x|y|x1|x2|y1|y2)="[^"]*"/g, (attribute) =>
    attribute.replace(/-?\d+\.\d{2,}/g, (number) => String(Math.round(10 * Number(number)) / 10)),
  )
}
