/** The table of an experiment's cells; every row leads to its samples and their logs. */
import type { Cell, Experiment } from '../../harness/matrix/experiment.ts'
import type { Interval } from '../../harness/measure/interval.ts'
import type { CellSummary } from '../../harness/result/summary.ts'
import { formatBytes, formatCount, formatInterval, formatNumber, plural } from '../format.ts'
import { html, type Markup } from '../html.ts'
import { configurationLabel, panelsOf } from '../labels.ts'

export function samplesAnchor(experiment: Experiment, cell: Cell): string {
  return `samples-${experiment.id}-${cell.id}`
}

const columns = [
  ['Goodput', 'Mbit/s'],
  ['Speed-up', 'over sequential'],
  ['Speed-up', 'over N=1'],
  ['Stack CPU', 's per GB'],
  ['Peer CPU', 's per GB'],
  ['Retransmits', 'of them spurious'],
  ['Out of order', 'at the receiver'],
  ['Dup. ACKs', 'at the sender'],
  ['Digests', 'of them differing'],
  ['Bytes', 'verified'],
] as const

export function cellTable(experiment: Experiment, summaries: ReadonlyMap<string, CellSummary>): Markup {
  const groups = [
    ...panelsOf(experiment),
    {
      title: 'Linux, for reference',
      cells: experiment.cells.filter((cell) => cell.factors.strategy === 'linux'),
    },
  ].filter((group) => group.cells.length > 0)
  const heads = columns.map(([name, unit]) => html`<th scope="col">${name}<small>${unit}</small></th>`)
  return html`<p class="hint">Medians over rounds, with their intervals below; counts are sums over all samples of a cell.</p>
  <div class="scroll" tabindex="0" role="region" aria-label="Cells of ${experiment.id}"><table class="cells">
    <thead><tr><th scope="col">Cell</th>${heads}</tr></thead>
    ${groups.map(
      (
        group,
      ) => html`<tbody><tr class="group"><th colspan="${columns.length + 1}" scope="rowgroup">${group.title}</th></tr>
      ${group.cells.map((cell) => row(experiment, cell, summaries.get(cell.id) as CellSummary))}</tbody>`,
    )}
  </table></div>`
}

function row(experiment: Experiment, cell: Cell, summary: CellSummary): Markup {
  const { stack, peer } = summary.cpuSecondsPerGigabyte
  const retransmits =
    summary.spuriousRetransmits === null
      ? formatCount(summary.retransmits)
      : `${formatCount(summary.retransmits)} / ${formatCount(summary.spuriousRetransmits)}`
  const differing =
    summary.divergences > 0 ? html`<strong class="bad">${summary.divergences}</strong>` : html`0`
  const numbers = [
    formatNumber(stack),
    formatNumber(peer),
    retransmits,
    formatCount(summary.outOfOrder),
    formatCount(summary.duplicateAcks),
  ].map((text) => html`<td>${text}</td>`)
  return html`<tr>
    <th scope="row"><span class="mark ${cell.factors.strategy}"></span><a href="#${samplesAnchor(experiment, cell)}">${configurationLabel(cell, experiment)}</a>${sampleCount(summary)}</th>
    ${intervalCell(summary.goodputMbps)}${intervalCell(summary.speedupOverSequential)}${intervalCell(summary.speedupOverSingle)}
    ${numbers}<td>${formatCount(summary.digestsCompared)} / ${differing}</td><td>${formatBytes(summary.bytesVerified)}</td>
  </tr>`
}

function intervalCell(interval: Interval | null): Markup {
  const { median, range } = formatInterval(interval)
  return html`<td><b>${median}</b><small>${range}</small></td>`
}

function sampleCount(summary: CellSummary): Markup {
  const faults = [
    summary.failed > 0 ? `${summary.failed} failed` : '',
    summary.void > 0 ? `${summary.void} void` : '',
  ].filter(Boolean)
  return html`<small>${plural(summary.samples, 'sample')}${
    faults.length === 0 ? null : html`, <span class="bad">${faults.join(', ')}</span>`
  }</small>`
}
