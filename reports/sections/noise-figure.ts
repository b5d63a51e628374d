/** The figure of noise: every sample of an experiment beside its cell's median. */
import type { Experiment } from '../../harness/matrix/experiment.ts'
import { rateOf, ratesByRound } from '../../harness/result/gains.ts'
import type { Sample } from '../../harness/result/sample.ts'
import type { CellSummary } from '../../harness/result/summary.ts'
import { drawChart } from '../chart.ts'
import { html, type Markup } from '../html.ts'
import { briefLabel, cellsByPanel } from '../labels.ts'
import { colourOf } from '../palette.ts'

/** Drawn for wide and for narrow pages; the style sheet shows one. */
const widths = { wide: 560, narrow: 170 } as const

export async function noiseFigure(
  experiment: Experiment,
  summaries: ReadonlyMap<string, CellSummary>,
  samples: readonly Sample[],
): Promise<Markup | null> {
  const rate = rateOf(experiment)
  const rows = cellsByPanel(experiment).flatMap((cell) => {
    const middle = summaries.get(cell.id)?.measures[rate]?.median
    if (middle === undefined) return []
    return [...ratesByRound(rate, cell.id, samples).values()].map((value) => ({
      cell: briefLabel(cell, experiment),
      id: cell.id,
      percent: 100 * (value / middle),
      colour: colourOf(cell.factors.strategy),
    }))
  })
  // With one sample for each cell every sample is its own median: no figure.
  if (rows.every((row) => row.percent === 100)) return null
  const spread = rows.map((row) => row.percent)
  const description = `Samples lie between ${Math.min(...spread).toFixed(0)} and ${Math.max(...spread).toFixed(0)} percent of their cell's median.`
  const draw = (name: keyof typeof widths) =>
    drawChart('noise', `${experiment.id}-noise-${name}`, {
      title: 'Every sample beside its median',
      description,
      datasets: { samples: rows },
      width: widths[name],
    })
  return html`<figure>
    <figcaption><b>Noise.</b> Every sample as a percentage of its cell’s median. ${description}</figcaption>
    <div class="when-wide">${await draw('wide')}</div>
    <div class="when-narrow">${await draw('narrow')}</div>
  </figure>`
}
