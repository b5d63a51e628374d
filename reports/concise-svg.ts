/** A picture told in fewer bytes, with the same look: a page has hundreds of pictures. Pure. */

/** `id` is the picture's in its page; it prefixes those of its parts. */
export function conciseSvg(svg: string, id: string): string {
  return ownClips(ungrouped(gathered(joined(hoisted(concise(shortened(svg)))))), id)
}

/** Without groups that say nothing. */
function ungrouped(svg: string): string {
  const isPlain: boolean[] = []
  return svg.replace(/<g\b[^>]*>|<\/g>/g, (tag) => {
    if (tag === '</g>') return isPlain.pop() === true ? '' : tag
    isPlain.push(tag === '<g>')
    return tag === '<g>' ? '' : tag
  })
}

const runOfLines =
  /(?:<line transform="translate\([^)]*\)"(?: x2="[^"]*")?(?: y2="[^"]*")?((?: (?:stroke|stroke-[\w-]+)="[^"]*")*)\/>)(?:<line transform="translate\([^)]*\)"(?: x2="[^"]*")?(?: y2="[^"]*")?\1\/>)*/g
const line = /<line transform="translate\(([^)]*)\)"(?: x2="([^"]*)")?(?: y2="([^"]*)")?/g
const runOfBars = /<path d="(M[^"]*Z)"([^>]*)\/>(?:<path d="M[^"]*Z"\2\/>)+/g

/** Lines that follow one another and look alike, as a grid's and an axis's do, are one path; so are bars. */
function joined(svg: string): string {
  return svg
    .replace(runOfLines, (lines, look: string) => {
      const strokes = lines
        .matchAll(line)
        .map(([, from, right = '0', down = '0']) => `M${from}l${right},${down}`)
      return `<path d="${[...strokes].join('')}"${look}/>`
    })
    .replace(runOfBars, (bars, _, look: string) => {
      const outlines = bars.matchAll(/ d="([^"]*)"/g).map(([, outline]) => outline)
      return `<path d="${[...outlines].join('')}"${look}/>`
    })
}

const runOfPoints = /(?:<circle (?:[^>]*?) fill="([^"]*)"\/>)(?:<circle (?:[^>]*?) fill="\1"\/>)+/g

/** Points of one colour that follow one another are a group. */
function gathered(svg: string): string {
  return svg.replace(
    runOfPoints,
    (points, fill: string) => `<g fill="${fill}">${points.replaceAll(` fill="${fill}"`, '')}</g>`,
  )
}

/**
 * Without what says nothing. Half of a picture's bytes are roles of parts that have no name (the picture has one, and a
 * description), values that are the default, empty backgrounds, and the font, which the style sheet gives. A circle is told
 * as one.
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

/**
 * An attribute that all parts of a group have is the group's, with the value that most of them have; the others keep theirs.
 */
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
