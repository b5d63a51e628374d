/** Beside every figure: how many cores measured it, and who else was on them. */
import type { Machine } from '../../harness/result/manifest.ts'
import { plural } from '../format.ts'
import { html, Markup } from '../html.ts'

export function whereMeasured({ cores }: Pick<Machine, 'cores'>, hasPeer: boolean): Markup {
  return html`<span class="where">Measured on ${plural(cores, 'core')}${hasPeer ? '; the peer runs on the same ones' : ''}.</span>`
}

/** The same markup with the note at the end of every caption. */
export function withWhereMeasured(
  section: Markup,
  machine: Pick<Machine, 'cores'>,
  hasPeer: boolean,
): Markup {
  return new Markup(
    section.text.replaceAll('</figcaption>', ` ${whereMeasured(machine, hasPeer).text}</figcaption>`),
    section.charts,
  )
}
