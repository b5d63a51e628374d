/** The figure of ratios: the gain of each cell over the sequential stack, all kinds of communication in one chart. */
import { baselineOf } from '../../harness/matrix/baseline.ts'
import type { Experiment } from '../../harness/matrix/experiment.ts'
import { declaredMeasures } from '../../harness/measure/measures.ts'
import { gainsByRound, rateOf } from '../../harness/result/gains.ts'
import type { Sample } from '../../harness/result/sample.ts'
import type { CellSummary } from '../../harness/result/summary.ts'
import { drawChart } from '../chart.ts'
import { formatInterval } from '../format.ts'
import { html, Markup } from '../html.ts'
import { briefLabel, cellsByPanel } from '../labels.ts'
import { colourOf, looks } from '../palette.ts'

/** Drawn for wide and for narrow pages; the style sheet shows one. */
const widths = { wide: 500, narrow: 130 } as const

/** Null if no cell could be compared. */
export async function ratiosFigure(
  experiment: Experiment,
  summaries: ReadonlyMap<string, CellSummary>,
  samples: readonly Sample[],
): Promise<Markup | null> {
  const { title } = declaredMeasures[rateOf(experiment)]
  const rows = cellsByPanel(experiment).flatMap((cell) => {
    const interval = summaries.get(cell.id)?.speedupOverSequential
    const over = baselineOf('sequential', cell, experiment.cells)
    if (!interval || over === undefined || over.id === cell.id) return []
    const { strategy } = cell.factors
    const look = { colour: colourOf(strategy), shape: looks[strategy].shape }
    const gains = gainsByRound(rateOf(experiment), cell.id, over.id, samples)
    return [{ cell: briefLabel(cell, experiment), ...interval, ...look, gains }]
  })
  if (rows.length === 0) return null
  const draw = (name: keyof typeof widths) =>
    drawChart('ratios', `${experiment.id}-ratios-${name}`, {
      title: `${title} over the sequential stack`,
      description: rows
        .map(({ cell, ...interval }) => `${cell}: ${formatInterval(interval).median}`)
        .join('; '),
      datasets: {
        cells: rows.map(({ gains, ...row }) => row),
        rounds: rows.flatMap(({ cell, colour, gains }) => gains.map((ratio) => ({ cell, ratio, colour }))),
      },
      width: widths[name],
    })
  return html`<figure>
    <figcaption><b>${title}, over the sequential stack.</b> Medians of the ratios within rounds, with their intervals; above 1 is better. Small dots are rounds.</figcaption>
    <div class="when-wide">${new Markup(await draw('wide'))}</div>
    <div class="when-narrow">${new Markup(await draw('narrow'))}</div>
  </figure>`
}
