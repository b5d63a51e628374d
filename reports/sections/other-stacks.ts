/** What the other user-level stacks of an experiment are, how they are set and why that is fair, each in a paragraph. */
import type { Experiment } from '../../harness/matrix/experiment.ts'
import { isOtherUserLevel } from '../../harness/matrix/factor.ts'
import { otherStack } from '../../harness/other-stacks/other-stacks.ts'
import { html, type Markup } from '../html.ts'
import { looks } from '../palette.ts'

/** Null where there are none. */
export function otherStacksPart({ cells }: Pick<Experiment, 'cells'>): Markup | null {
  const names = [...new Set(cells.map(({ factors }) => factors.strategy))].filter(isOtherUserLevel)
  if (names.length === 0) return null
  return html`<h4>The other user-level stacks</h4>
    <dl class="stacks">${names.map(
      (name) => html`<div><dt><span class="mark ${name}"></span>${looks[name].label}</dt>
      <dd>${otherStack(name).description ?? ''}</dd></div>`,
    )}</dl>`
}
