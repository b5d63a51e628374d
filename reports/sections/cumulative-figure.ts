/**
 * The figure of a distribution: the share of all values up to each value, one chart for each kind of communication. The
 * axis of shares is logarithmic by nines (0.9, 0.99, 0.999), so that rare large values get room of their own.
 */
import type { Cell, Experiment } from '../../harness/matrix/experiment.ts'
import { histogramsOf } from '../../harness/measure/combine.ts'
import { formatNumber } from '../../harness/measure/format.ts'
import { cumulative, pool } from '../../harness/measure/histogram.ts'
import { quantileName } from '../../harness/measure/measure.ts'
import { type DistributionName, declaredMeasures } from '../../harness/measure/measures.ts'
import type { Sample } from '../../harness/result/sample.ts'
import type { CellSummary } from '../../harness/result/summary.ts'
import { isCounted } from '../../harness/result/validity.ts'
import { drawChart } from '../chart.ts'
import { html, type Markup } from '../html.ts'
import { configurationLabel, type Panel, panelsOf, referenceLabel, referencesOf } from '../labels.ts'
import { colourOf, looks } from '../palette.ts'

/** The axis ends here, at 99.99 %: what lies beyond is a handful of values. */
const mostNines = 4
/** Half a pixel of the chart: steps that are lower than this together are drawn as one. */
const leastNines = 0.01

export async function cumulativeFigure(
  name: DistributionName,
  experiment: Experiment,
  summaries: ReadonlyMap<string, CellSummary>,
  samples: readonly Sample[],
): Promise<Markup> {
  const { title, quantiles } = declaredMeasures[name]
  const panels: Markup[] = []
  for (const panel of panelsOf(experiment)) {
    panels.push(await cumulativePanel(name, panel, experiment, summaries, samples))
  }
  const marked = quantiles.map(quantileName).join(', ')
  return html`<figure>
      <figcaption><b>${title}, cumulative.</b> The share of all values, of all samples together, that is at most so large. Both axes are logarithmic, that of shares by nines; marks are ${marked}. Dashed: the Linux kernel’s own stack.</figcaption>
      <div class="panels">${panels}</div>
    </figure>`
}

async function cumulativePanel(
  name: DistributionName,
  panel: Panel,
  experiment: Experiment,
  summaries: ReadonlyMap<string, CellSummary>,
  samples: readonly Sample[],
): Promise<Markup> {
  const { title, unit, quantiles, ticksPerUnit } = declaredMeasures[name]
  const labelled = [
    ...panel.cells.map((cell) => ({ cell, label: configurationLabel(cell, experiment) })),
    ...referencesOf(panel, experiment).map((cell) => ({ cell, label: referenceLabel(cell, experiment) })),
  ]
  const drawn = labelled.flatMap((line) => {
    const summary = summaries.get(line.cell.id)?.measures[name]
    return summary ? [{ ...line, summary }] : []
  })
  if (drawn.length === 0) return html`<p class="absent">${panel.title}: no sample was measured.</p>`
  const svg = await drawChart('cumulative', `${experiment.id}-${panel.key}-${name}`, {
    title: `${title}, cumulative, ${panel.title}`,
    words: { quantity: `${title} (${unit})` },
    description: drawn
      .map(({ label, summary }) => `${label}: ${wordsOf(summary.quantiles, unit)}`)
      .join('; '),
    datasets: {
      lines: drawn.flatMap(({ cell, label }) =>
        curveOf(name, cell, samples, ticksPerUnit).map((point) => ({
          ...point,
          line: label,
          colour: colourOf(cell.factors.strategy),
          dash: cell.factors.strategy === 'linux' ? [4, 3] : [1, 0],
        })),
      ),
      marks: drawn.flatMap(({ cell, summary }) =>
        quantiles.map((share) => ({
          value: summary.quantiles[quantileName(share)]?.median ?? 0,
          nines: ninesOf(share),
          colour: colourOf(cell.factors.strategy),
          shape: looks[cell.factors.strategy].shape,
        })),
      ),
    },
  })
  const legend = drawn.map(
    ({ cell, label, summary }) =>
      html`<li><span class="mark ${cell.factors.strategy}"></span>${label}: ${wordsOf(summary.quantiles, unit)}</li>`,
  )
  return html`<div class="panel"><h5>${panel.title}</h5>${svg}<ul class="legend">${legend}</ul></div>`
}

function curveOf(name: DistributionName, cell: Cell, samples: readonly Sample[], ticksPerUnit: number) {
  const sound = samples.flatMap((sample) =>
    sample.cell === cell.id && isCounted(sample) ? [sample.measures] : [],
  )
  const steps = cumulative(pool(histogramsOf(name, sound)))
  const last = steps.findIndex(({ share }) => ninesOf(share) >= mostNines)
  const points = steps.slice(0, last + 1).map(({ ticks, share }) => ({
    value: Math.max(1, ticks) / ticksPerUnit,
    nines: Math.min(mostNines, ninesOf(share)),
  }))
  let drawn = Number.NEGATIVE_INFINITY
  return points.filter(({ nines }, index) => {
    const isSeen = nines - drawn >= leastNines || index === 0 || index === points.length - 1
    if (isSeen) drawn = nines
    return isSeen
  })
}

/** 0.9 → 1, 0.99 → 2 */
function ninesOf(share: number): number {
  return -Math.log10(1 - share)
}

/** `p50 41.2, p99 96.0, p99.9 310 µs` */
function wordsOf(quantiles: CellQuantiles, unit: string): string {
  const words = Object.entries(quantiles).map(([share, { median }]) => `${share} ${formatNumber(median)}`)
  return `${words.join(', ')} ${unit}`
}

type CellQuantiles = NonNullable<CellSummary['measures'][DistributionName]>['quantiles']
