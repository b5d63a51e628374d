/** A verdict in words, with a mark that does not rely on colour. */
import type { Verdict } from '../../harness/verdict/judgement.ts'
import { html, type Markup } from '../html.ts'

/** A picture needs the colour by its variable, text by its class. */
export const marks: Readonly<Record<Verdict, { sign: string; tone: string; colour: string }>> = {
  reproduced: { sign: '●', tone: 'yes', colour: 'var(--good)' },
  partly: { sign: '◐', tone: 'half', colour: 'var(--warn)' },
  'not reproduced': { sign: '○', tone: 'no', colour: 'var(--bad)' },
  'cannot tell here': { sign: '?', tone: 'open', colour: 'var(--quiet)' },
}

export function verdictBadge(verdict: Verdict): Markup {
  const { sign, tone } = marks[verdict]
  return html`<span class="badge ${tone}"><span aria-hidden="true">${sign}</span> ${verdict}</span>`
}

/** The mark alone, with its word for those who do not see it. */
export function verdictSign(verdict: Verdict): Markup {
  const { sign, tone } = marks[verdict]
  return html`<span class="sign ${tone}" title="${verdict}"><span aria-hidden="true">${sign}</span><span class="unseen">${verdict}:</span></span>`
}
