/** A verdict in words, with a mark that does not rely on colour. */
import type { Verdict } from '../../harness/verdict/judgement.ts'
import { html, type Markup } from '../html.ts'

const marks: Readonly<Record<Verdict, { sign: string; tone: string }>> = {
  reproduced: { sign: '●', tone: 'yes' },
  partly: { sign: '◐', tone: 'half' },
  'not reproduced': { sign: '○', tone: 'no' },
  'cannot tell here': { sign: '?', tone: 'open' },
}

export function verdictBadge(verdict: Verdict): Markup {
  const { sign, tone } = marks[verdict]
  return html`<span class="badge ${tone}"><span aria-hidden="true">${sign}</span> ${verdict}</span>`
}
