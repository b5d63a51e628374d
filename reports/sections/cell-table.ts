/** The table of an experiment's cells; every row leads to its samples and their logs. */
import type { Cell, Experiment } from '../../harness/matrix/experiment.ts'
import type { Quantiles } from '../../harness/measure/combine.ts'
import { formatCount, unknown } from '../../harness/measure/format.ts'
import { quantileName } from '../../harness/measure/measure.ts'
import { type MeasureName, measureOf } from '../../harness/measure/measures.ts'
import type { CellSummary } from '../../harness/result/summary.ts'
import type { Interval } from '../../harness/statistics/interval.ts'
import { specificationOf } from '../../harness/workload/workloads.ts'
import { samplesAnchor } from '../anchors.ts'
import { formatBytes, formatInterval, plural } from '../format.ts'
import { html, type Markup } from '../html.ts'
import { configurationLabel, groupsBeside, panelsOf } from '../labels.ts'

interface Column {
  readonly title: string
  readonly unit: string
  content(summary: CellSummary): Markup
}

/** The measures of the workload, with the speed-ups after the first, then digests and verified amounts. */
function columnsOf({ workload }: Experiment): Column[] {
  const [rate, ...others] = specificationOf(workload).measures
  return [
    ...measureColumns(rate),
    {
      title: 'Speed-up',
      unit: 'over sequential',
      content: ({ speedupOverSequential }) => intervalContent(speedupOverSequential),
    },
    {
      title: 'Speed-up',
      unit: 'over N=1',
      content: ({ speedupOverSingle }) => intervalContent(speedupOverSingle),
    },
    ...others.flatMap(measureColumns),
    { title: 'Digests', unit: 'of them differing', content: digestContent },
    { title: 'Verified', unit: 'over all samples', content: ({ delivered }) => deliveryContent(delivered) },
  ]
}

function measureColumns(name: MeasureName): Column[] {
  const measure = measureOf(name)
  const { title, unit } = measure
  if (measure.kind === 'scalar') {
    return [
      { title, unit, content: ({ measures }) => scalarContent(measures[name] as Interval | number | null) },
    ]
  }
  return measure.quantiles.map(quantileName).map((quantile) => ({
    title: `${title} ${quantile}`,
    unit,
    content: ({ measures }) =>
      intervalContent((measures[name] as Quantiles | null)?.quantiles[quantile] ?? null),
  }))
}

export function cellTable(experiment: Experiment, summaries: ReadonlyMap<string, CellSummary>): Markup {
  const groups = [...panelsOf(experiment), ...groupsBeside(experiment)]
  const columns = columnsOf(experiment)
  const heads = columns.map(({ title, unit }) => html`<th scope="col">${title}<small>${unit}</small></th>`)
  return html`<p class="hint">Medians over rounds, with their intervals below; counts are sums over all samples of a cell.</p>
  <div class="scroll" tabindex="0" role="region" aria-label="Cells of ${experiment.id}"><table class="cells">
    <thead><tr><th scope="col">Cell</th>${heads}</tr></thead>
    ${groups.map(
      (
        group,
      ) => html`<tbody><tr class="group"><th colspan="${columns.length + 1}" scope="rowgroup">${group.title}</th></tr>
      ${group.cells.map((cell) => row(experiment, cell, columns, summaries.get(cell.id) as CellSummary))}</tbody>`,
    )}
  </table></div>`
}

function row(experiment: Experiment, cell: Cell, columns: readonly Column[], summary: CellSummary): Markup {
  return html`<tr data-cell="${cell.id}">
    <th scope="row"><span class="mark ${cell.factors.strategy}"></span><a href="#${samplesAnchor(experiment, cell)}">${configurationLabel(cell, experiment)}</a>${sampleCount(summary)}</th>
    ${
      summary.unsupported === null
        ? columns.map(({ content }) => html`<td>${content(summary)}</td>`)
        : html`<td colspan="${columns.length}" class="words">not measured here: ${summary.unsupported}</td>`
    }
  </tr>`
}

function scalarContent(value: Interval | number | null): Markup {
  return typeof value === 'number' ? html`${formatCount(value)}` : intervalContent(value)
}

function intervalContent(interval: Interval | null): Markup {
  const { median, range } = formatInterval(interval)
  return html`<b>${median}</b><small>${range}</small>`
}

function digestContent({ digestsCompared, divergences }: CellSummary): Markup {
  const differing = divergences > 0 ? html`<strong class="bad">${divergences}</strong>` : html`0`
  return html`${formatCount(digestsCompared)} / ${differing}`
}

/** `4.20 GB`, `60 000 requests` */
function deliveryContent(delivered: CellSummary['delivered']): Markup {
  const words = Object.entries(delivered).map(([unit, { verified }]) =>
    unit === 'bytes' ? formatBytes(verified) : `${formatCount(verified)} ${unit}`,
  )
  return html`${words.length === 0 ? unknown : words.join(', ')}`
}

function sampleCount(summary: CellSummary): Markup {
  const faults = [
    summary.failed > 0 ? `${summary.failed} failed` : '',
    summary.void > 0 ? `${summary.void} void` : '',
    summary.disturbed > 0 ? `${summary.disturbed} disturbed` : '',
  ].filter(Boolean)
  return html`<small>${plural(summary.samples, 'sample')}${
    faults.length === 0 ? null : html`, <span class="bad">${faults.join(', ')}</span>`
  }${
    (summary.peerSaturated ?? 0) === 0 ? null : html`, in ${summary.peerSaturated} the peer could do no more`
  }</small>`
}
