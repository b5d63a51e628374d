/** The table of contents: beside the text where the page is wide, folded above it where it is narrow. */
import type { ExperimentSummary, Summary } from '../../harness/result/summary.ts'
import { experimentAnchor, groupAnchor } from '../anchors.ts'
import type { OrderedGroup } from '../argument/order.ts'
import { html, type Markup } from '../html.ts'
import { verdictSign } from '../sections/verdict-badge.ts'

export function contents(groups: readonly OrderedGroup[], summary: Summary): Markup {
  const verdicts = new Map(summary.experiments.map((each): [string, ExperimentSummary] => [each.id, each]))
  const list = html`<ol>
    ${groups.map(
      ({ name, title, experiments }) =>
        html`<li><a href="#${groupAnchor(name)}">${title}</a><ul>${experiments.map((experiment) => {
          const own = verdicts.get(experiment.id)
          return html`<li>${own === undefined ? null : verdictSign(own.verdict)} <a href="#${experimentAnchor(experiment)}">${experiment.title}</a></li>`
        })}</ul></li>`,
    )}
    <li><a href="#environment">Where and how</a></li>
    <li><a href="#caveats">Limits</a></li>
  </ol>`
  return html`<nav class="contents" aria-label="Contents">
    <details class="when-narrow"><summary>Contents</summary>${list}</details>
    <div class="when-wide"><p><a href="#top">Result</a></p>${list}</div>
  </nav>`
}
