/**
 * The figure of a load: quantiles of latency against the rate at which requests are offered, a chart for each quantile. Only
 * where cells of an experiment differ in that rate, and latencies were measured.
 */
import type { Cell, Experiment } from '../../harness/matrix/experiment.ts'
import { formatNumber } from '../../harness/measure/format.ts'
import { quantileName } from '../../harness/measure/measure.ts'
import { declaredMeasures } from '../../harness/measure/measures.ts'
import type { CellSummary } from '../../harness/result/summary.ts'
import { specificationOf } from '../../harness/workload/workloads.ts'
import { drawChart } from '../chart.ts'
import { html, type Markup } from '../html.ts'
import { configurationLabel, kindWithout, panelsOf, referenceLabel, referencesOf } from '../labels.ts'
import { colourOf, looks } from '../palette.ts'

const { title, unit, quantiles } = declaredMeasures.latencyMicros

/** Cells that differ in configuration and load only. */
interface Group {
  readonly kind: string
  readonly cells: { readonly cell: Cell; readonly line: string }[]
}

/** Null where there is nothing to draw. */
export async function loadFigure(
  experiment: Experiment,
  summaries: ReadonlyMap<string, CellSummary>,
): Promise<Markup | null> {
  const isMeasured = specificationOf(experiment.workload).measures.includes('latencyMicros')
  const loads = new Set(experiment.cells.map(({ factors }) => factors.offeredPerSecond))
  if (!isMeasured || loads.size < 2) return null
  const charts: Markup[] = []
  for (const [index, group] of groupsOf(experiment).entries()) {
    for (const share of quantiles) {
      const chart = await quantileChart(
        `${experiment.id}-load-${index}`,
        quantileName(share),
        group,
        summaries,
      )
      if (chart !== null) charts.push(chart)
    }
  }
  if (charts.length === 0) return null
  return html`<figure>
    <figcaption><b>${title} at an offered load.</b> Medians with their intervals, counted from the time at which a request was due; both axes are logarithmic. Dashed: the Linux kernel’s own stack. A point is missing where the generator of requests was late, or none was measured.</figcaption>
    <div class="panels">${charts}</div>
  </figure>`
}

function groupsOf(experiment: Experiment): Group[] {
  const groups = new Map<string, Group>()
  for (const panel of panelsOf(experiment)) {
    const [first] = panel.cells
    if (first === undefined) continue
    const kind = kindWithout('offeredPerSecond', first, experiment)
    const group = groups.get(kind) ?? { kind, cells: [] }
    groups.set(kind, group)
    group.cells.push(
      ...panel.cells.map((cell) => ({ cell, line: configurationLabel(cell, experiment) })),
      ...referencesOf(panel, experiment).map((cell) => ({ cell, line: referenceLabel(cell, experiment) })),
    )
  }
  return [...groups.values()]
}

async function quantileChart(
  id: string,
  name: string,
  { kind, cells }: Group,
  summaries: ReadonlyMap<string, CellSummary>,
): Promise<Markup | null> {
  const points = cells.flatMap(({ cell, line }) => {
    const interval = summaries.get(cell.id)?.measures.latencyMicros?.quantiles[name]
    const { strategy, offeredPerSecond: load } = cell.factors
    if (interval === undefined || load === undefined) return []
    const look = { colour: colourOf(strategy), shape: looks[strategy].shape }
    return [{ line, load, ...interval, ...look, dash: strategy === 'linux' ? [4, 3] : [1, 0] }]
  })
  if (points.length === 0) return null
  const byLine = [...Map.groupBy(points, ({ line }) => line).values()]
  const svg = await drawChart('load', `${id}-${name.replace('.', '-')}`, {
    title: `${title} ${name} at an offered load, ${kind}`,
    words: { quantity: `${title} ${name} (${unit})` },
    description: points
      .map(({ line, load, median }) => `${line} at ${load} per second: ${formatNumber(median)} ${unit}`)
      .join('; '),
    datasets: {
      points,
      labels: byLine.flatMap((line) => line.toSorted((one, other) => one.load - other.load).slice(-1)),
    },
  })
  return html`<div class="panel"><h5>${name}, ${kind}</h5>${svg}</div>`
}
