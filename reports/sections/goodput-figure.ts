/** The figure of goodput: one picture for each kind of communication, with the kernel's stack as reference. */
import type { Experiment } from '../../harness/matrix/experiment.ts'
import type { Sample } from '../../harness/result/sample.ts'
import type { CellSummary } from '../../harness/result/summary.ts'
import { goodputByRound } from '../../harness/result/summary.ts'
import { drawChart } from '../chart.ts'
import { formatNumber } from '../format.ts'
import { html, Markup } from '../html.ts'
import { configurationLabel, type Panel } from '../labels.ts'
import { colourOf, looks } from '../palette.ts'

/** A reference this much faster than everything else would flatten the picture; it is told in words then. */
const farthestReference = 2.2

/** Width of the plot, in pixels: as much as the labels below it need, within what a panel holds. */
function widthFor(labels: readonly string[]): number {
  const longest = Math.max(...labels.map((label) => label.length))
  return Math.min(420, Math.max(250, labels.length * (6 * longest + 12)))
}

interface Reference {
  readonly label: string
  readonly goodputGbps: number
}

export async function goodputPanel(
  id: string,
  panel: Panel,
  experiment: Experiment,
  summaries: ReadonlyMap<string, CellSummary>,
  samples: readonly Sample[],
): Promise<Markup> {
  const measured = panel.cells.flatMap((cell) => {
    const goodput = summaries.get(cell.id)?.goodputMbps
    if (!goodput) return []
    const { strategy } = cell.factors
    return [
      {
        cell,
        configuration: configurationLabel(cell, experiment),
        median: goodput.median / 1000,
        low: goodput.low / 1000,
        high: goodput.high / 1000,
        label: formatNumber(goodput.median / 1000),
        colour: colourOf(strategy),
        shape: looks[strategy].shape,
      },
    ]
  })
  if (measured.length === 0) return html`<p class="absent">${panel.title}: no sample was measured.</p>`
  const highest = Math.max(...measured.map((row) => row.high))
  const references = linuxReferences(experiment, summaries)
  const near = references.filter((reference) => reference.goodputGbps <= farthestReference * highest)
  const far = references.filter((reference) => !near.includes(reference))
  const svg = await drawChart('goodput', id, {
    title: `Goodput, ${panel.title}`,
    width: widthFor(measured.map(({ configuration }) => configuration)),
    description: measured
      .map(
        (row) =>
          `${row.configuration}: ${row.label} Gbit/s, ${formatNumber(row.low)} to ${formatNumber(row.high)}`,
      )
      .join('; '),
    datasets: {
      cells: measured.map(({ cell, ...row }) => row),
      samples: measured.flatMap((row) =>
        [...goodputByRound(row.cell.id, samples).values()].map((mbps) => ({
          configuration: row.configuration,
          goodputGbps: mbps / 1000,
          colour: row.colour,
        })),
      ),
      references: near.map(({ label, goodputGbps }) => ({
        label: `${label}: ${formatNumber(goodputGbps)}`,
        goodputGbps,
        colour: colourOf('linux'),
      })),
    },
  })
  const beyond = far.map(({ label, goodputGbps }) => `${label}: ${formatNumber(goodputGbps)}`).join('; ')
  return html`<div class="panel"><h5>${panel.title}</h5>${new Markup(svg)}${
    far.length === 0 ? null : html`<p class="beyond">Beyond this scale: ${beyond} Gbit/s</p>`
  }</div>`
}

function linuxReferences(experiment: Experiment, summaries: ReadonlyMap<string, CellSummary>): Reference[] {
  return experiment.cells.flatMap((cell) => {
    const goodput = summaries.get(cell.id)?.goodputMbps
    if (cell.factors.strategy !== 'linux' || !goodput) return []
    return [{ label: configurationLabel(cell, experiment), goodputGbps: goodput.median / 1000 }]
  })
}
