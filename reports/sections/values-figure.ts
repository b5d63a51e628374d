/**
 * The figure of a rate: one picture for each kind of communication, with other user-level stacks beside ours and the kernel's
 * own as reference.
 */
import type { Experiment } from '../../harness/matrix/experiment.ts'
import { displayOf, formatNumber } from '../../harness/measure/format.ts'
import type { ScalarMeasure } from '../../harness/measure/measure.ts'
import { declaredMeasures, type RateName } from '../../harness/measure/measures.ts'
import { rateOf, ratesByRound } from '../../harness/result/gains.ts'
import type { Sample } from '../../harness/result/sample.ts'
import type { CellSummary } from '../../harness/result/summary.ts'
import { drawChart } from '../chart.ts'
import { html, type Markup } from '../html.ts'
import {
  configurationLabel,
  othersOf,
  type Panel,
  panelsOf,
  referenceLabel,
  referencesOf,
} from '../labels.ts'
import { colourOf, looks } from '../palette.ts'

/** A reference more than this many times above all cells would flatten the chart; it is then told in words. */
const farthestReference = 2.2

/** Plots that fit beside others. */
const usualWidth = 250
/** A wider plot has fewer beside it, and scrolls where there is no room: smaller, it could not be read. */
const broadWidth = 300
const mostWidth = 460

/** Width of the plot, in pixels: as much as the labels below it need; each line of a label is one of its parts. */
function widthFor(labels: readonly string[]): number {
  const longest = Math.max(...labels.flatMap((label) => label.split(', ')).map((line) => line.length))
  return Math.min(mostWidth, Math.max(usualWidth, labels.length * (6 * longest + 12)))
}

interface Reference {
  readonly label: string
  readonly value: number
}

export async function valuesFigure(
  rate: RateName,
  experiment: Experiment,
  summaries: ReadonlyMap<string, CellSummary>,
  samples: readonly Sample[],
): Promise<Markup> {
  // Where only some kinds of communication have a measure, the others have no panel of it.
  const isShown = ({ cells }: Panel) =>
    rate === rateOf(experiment) || cells.some(({ id }) => summaries.get(id)?.measures[rate])
  const panels: Markup[] = []
  for (const panel of panelsOf(experiment).filter(isShown)) {
    panels.push(await valuesPanel(rate, panel, experiment, summaries, samples))
  }
  return html`<figure>
      <figcaption><b>${declaredMeasures[rate].title}.</b> Large marks are medians with their intervals, small dots the samples; each scale starts at zero and is the panel’s own.</figcaption>
      <div class="panels">${panels}</div>
    </figure>`
}

async function valuesPanel(
  rate: RateName,
  panel: Panel,
  experiment: Experiment,
  summaries: ReadonlyMap<string, CellSummary>,
  samples: readonly Sample[],
): Promise<Markup> {
  const measure: ScalarMeasure = declaredMeasures[rate]
  const { unit, divisor } = displayOf(measure)
  const labelled = [
    ...panel.cells.map((cell) => ({ cell, configuration: configurationLabel(cell, experiment) })),
    ...othersOf(panel, experiment).map((cell) => ({ cell, configuration: referenceLabel(cell, experiment) })),
  ]
  const measured = labelled.flatMap(({ cell, configuration }) => {
    const interval = summaries.get(cell.id)?.measures[rate]
    if (!interval) return []
    const { strategy } = cell.factors
    return [
      {
        cell,
        configuration,
        median: interval.median / divisor,
        low: interval.low / divisor,
        high: interval.high / divisor,
        label: formatNumber(interval.median / divisor),
        colour: colourOf(strategy),
        shape: looks[strategy].shape,
      },
    ]
  })
  if (measured.length === 0) return html`<p class="absent">${panel.title}: no sample was measured.</p>`
  const highest = Math.max(...measured.map((row) => row.high))
  const references = referencesOf(panel, experiment).flatMap((cell): Reference[] => {
    const interval = summaries.get(cell.id)?.measures[rate]
    return interval ? [{ label: referenceLabel(cell, experiment), value: interval.median / divisor }] : []
  })
  if (highest === 0 && references.every(({ value }) => value === 0)) {
    return html`<p class="absent">${panel.title}: every median is 0 ${unit}.</p>`
  }
  const near = references.filter((reference) => reference.value <= farthestReference * highest)
  const far = references.filter((reference) => !near.includes(reference))
  const width = widthFor(measured.map(({ configuration }) => configuration))
  const svg = await drawChart('values', `${experiment.id}-${panel.key}-${rate}`, {
    title: `${measure.title}, ${panel.title}`,
    words: { quantity: `${measure.title} (${unit})` },
    width,
    description: measured
      .map(
        (row) =>
          `${row.configuration}: ${row.label} ${unit}, ${formatNumber(row.low)} to ${formatNumber(row.high)}`,
      )
      .join('; '),
    datasets: {
      cells: measured.map(({ cell, ...row }) => ({ ...row, id: cell.id })),
      samples: measured.flatMap((row) =>
        [...ratesByRound(rate, row.cell.id, samples).values()].map((value) => ({
          configuration: row.configuration,
          id: row.cell.id,
          value: value / divisor,
          colour: row.colour,
        })),
      ),
      references: near.map(({ label, value }) => ({
        label: `${label}: ${formatNumber(value)}`,
        value,
        colour: colourOf('linux'),
      })),
    },
  })
  const beyond = far.map(({ label, value }) => `${label}: ${formatNumber(value)}`).join('; ')
  const chart =
    width <= broadWidth
      ? svg
      : html`<div class="scroll" tabindex="0" role="region" aria-label="${measure.title}, ${panel.title}">${svg}</div>`
  return html`<div class="panel${width <= broadWidth ? '' : ' broad'}"><h5>${panel.title}</h5>${chart}${
    far.length === 0 ? null : html`<p class="beyond">Beyond this scale: ${beyond} ${unit}</p>`
  }</div>`
}
