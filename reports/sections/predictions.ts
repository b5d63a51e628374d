/** The predictions of an experiment: the figure, the table of predicted and measured cells, all other predictions. */
import type { Experiment } from '../../harness/matrix/experiment.ts'
import type { CellSummary, PredictionSummary } from '../../harness/result/summary.ts'
import { plural } from '../format.ts'
import { html, type Markup } from '../html.ts'
import { panelsOf } from '../labels.ts'
import { predictionPanel } from './prediction-figure.ts'
import { outlookTable, predictionTable } from './prediction-table.ts'

export async function predictionsPart(
  experiment: Experiment,
  predictions: PredictionSummary,
  summaries: ReadonlyMap<string, CellSummary>,
): Promise<Markup> {
  const panels: Markup[] = []
  for (const panel of panelsOf(experiment)) {
    const id = `${experiment.id}-${panel.key}-prediction`
    const drawn = await predictionPanel(id, panel, predictions, summaries)
    if (drawn !== null) panels.push(drawn)
  }
  const most = Math.max(1, ...predictions.outlook.map(({ replicas = 1 }) => replicas))
  const failures = predictions.failures.map(
    ({ reason, remedy }) =>
      html`<p class="absent"><span class="bad">Not predicted.</span> ${reason} <small>${remedy}</small></p>`,
  )
  return html`${failures}${
    panels.length === 0
      ? null
      : html`<figure>
    <figcaption><b>Predicted speed-up over sequential, 1 … ${plural(most, 'replica')}.</b> Dashed lines with bands: predicted by the virtual cores, with a processor for each thread of the stack, one for the application and one for the peer’s program; the sequential stack has as many. Filled marks: measured here, where all share the machine’s processors. Hollow marks beside them: predicted for those same processors; only these can be held against a measurement.</figcaption>
    <div class="panels">${panels}</div>
  </figure>`
  }
  ${predictionTable(experiment, summaries)}
  ${outlookTable(experiment, predictions)}`
}
