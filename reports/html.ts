/** Building blocks of the page. Everything that came from a run passes `escapeHtml` before it is put into a page. */

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] as string)
}

/** A chart as Vega has it, for readers with scripts: `id` is that of the picture in the page. */
export interface LiveChart {
  readonly id: string
  readonly spec: object
}

/** Markup that may be put into a page as it is, and the charts that are pictures in it. */
export class Markup {
  readonly text: string
  readonly charts: readonly LiveChart[]

  constructor(text: string, charts: readonly LiveChart[] = []) {
    this.text = text
    this.charts = charts
  }
}

type Piece = Markup | string | number | null | undefined | readonly Piece[]

/** A template whose substitutions are escaped, unless they are markup; lists are joined, null leaves nothing. */
export function html(literals: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  let text = literals[0] as string
  pieces.forEach((piece, index) => {
    text += render(piece) + (literals[index + 1] as string)
  })
  return new Markup(text, pieces.flatMap(chartsOf))
}

function chartsOf(piece: Piece): readonly LiveChart[] {
  if (piece instanceof Markup) return piece.charts
  return Array.isArray(piece) ? piece.flatMap(chartsOf) : []
}

function render(piece: Piece): string {
  if (piece === null || piece === undefined) return ''
  if (piece instanceof Markup) return piece.text
  if (typeof piece === 'string') return escapeHtml(piece)
  if (typeof piece === 'number') return String(piece)
  return piece.map(render).join('')
}
