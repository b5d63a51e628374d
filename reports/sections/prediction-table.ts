/** The tables of predictions: cells predicted and measured, with the error; and, folded away, all other predictions. */

import type { Experiment } from '../../harness/matrix/experiment.ts'
import { unknown } from '../../harness/measure/format.ts'
import type { Outlook } from '../../harness/result/prediction.ts'
import type { CellSummary, PredictionSummary } from '../../harness/result/summary.ts'
import type { Interval } from '../../harness/statistics/interval.ts'
import { formatInterval } from '../format.ts'
import { html, type Markup } from '../html.ts'
import { configurationLabel, panelsOf } from '../labels.ts'
import { looks } from '../palette.ts'

export function predictionTable(experiment: Experiment, summaries: ReadonlyMap<string, CellSummary>): Markup {
  const heads = [
    ['Predicted', 'Mbit/s [low … high]'],
    ['Measured', 'Mbit/s [low … high]'],
    ['Error', 'predicted over measured'],
    ['Predicted speed-up', 'over sequential'],
    ['Measured speed-up', 'over sequential'],
  ].map(([name, unit]) => html`<th scope="col">${name}<small>${unit}</small></th>`)
  const groups = panelsOf(experiment).map(
    (
      panel,
    ) => html`<tbody><tr class="group"><th colspan="${heads.length + 1}" scope="rowgroup">${panel.title}</th></tr>
      ${panel.cells.map((cell) => {
        const summary = summaries.get(cell.id) as CellSummary
        return html`<tr><th scope="row"><span class="mark ${cell.factors.strategy}"></span>${configurationLabel(cell, experiment)}</th>
          ${intervalCell(summary.predicted?.goodputMbps)}${intervalCell(summary.measures.goodputMbps)}<td><b>${signedPercent(summary.predicted?.error)}</b></td>
          ${intervalCell(summary.predicted?.speedupOverSequential)}${intervalCell(summary.speedupOverSequential)}</tr>`
      })}</tbody>`,
  )
  return html`<p class="hint">Predicted and measured with the same processors, shared by the stack, its application and the peer. Predicted: median, least and largest over draws of the costs from their intervals. Measured: median and its interval.</p>
  <div class="scroll" tabindex="0" role="region" aria-label="Predicted and measured, ${experiment.id}"><table class="cells">
    <thead><tr><th scope="col">Cell</th>${heads}</tr></thead>${groups}
  </table></div>`
}

export function outlookTable(experiment: Experiment, { outlook }: PredictionSummary): Markup | null {
  if (outlook.length === 0) return null
  return html`<details>
    <summary>All predictions with a processor for each thread <span class="count">${outlook.length}</span></summary>
    <div class="scroll" tabindex="0" role="region" aria-label="Predictions, ${experiment.id}"><table>
      <thead><tr><th scope="col">Strategy</th><th scope="col">Payload work</th><th scope="col">N</th><th scope="col">Processors</th><th scope="col">Predicted<small>Mbit/s</small></th><th scope="col">Predicted speed-up<small>over sequential</small></th><th scope="col">Retransmits</th></tr></thead>
      <tbody>${outlook.map(outlookRow)}</tbody>
    </table></div>
    <p class="hint">Also in <a href="predictions.ndjson"><code>predictions.ndjson</code></a>; the costs that they rest on in <a href="costs.json"><code>costs.json</code></a>.</p>
  </details>`
}

function outlookRow(line: Outlook): Markup {
  const { strategy, payloadWork, replicas, processors, goodputMbps, speedup, retransmits } = line
  return html`<tr><th scope="row"><span class="mark ${strategy}"></span>${looks[strategy].label}</th><td>${payloadWork}</td><td>${replicas ?? unknown}</td><td>${processors}</td>${intervalCell(goodputMbps)}${intervalCell(speedup)}<td>${retransmits}</td></tr>`
}

function intervalCell(interval: Interval | null | undefined): Markup {
  const { median, range } = formatInterval(interval ?? null)
  return html`<td><b>${median}</b><small>${range}</small></td>`
}

/** `+4 %`, `−12 %` */
function signedPercent(share: number | null | undefined): string {
  if (share === null || share === undefined) return unknown
  return `${share < 0 ? '−' : '+'}${Math.abs(100 * share).toFixed(1)} %`
}
