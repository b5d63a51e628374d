/** The matrix of strategies and types of communication: gains over the sequential stack, each a link to its samples. */
import type { Machine } from '../../harness/result/manifest.ts'
import { fewestRounds } from '../../harness/verdict/few-rounds.ts'
import { samplesAnchor } from '../anchors.ts'
import { type Column, columns, type Gain, type Type } from '../argument/gains.ts'
import { formatGain, plural } from '../format.ts'
import { html, type Markup } from '../html.ts'
import { cellLabel } from '../labels.ts'
import { looks } from '../palette.ts'
import { whereMeasured } from '../sections/where-measured.ts'

/** Narrow: a table of six columns has to fit into a third of a page. */
const heads: Readonly<Record<Column, { readonly title: string; readonly strategy: keyof typeof looks }>> = {
  replicated: { title: 'Replicas', strategy: 'replicated' },
  'single replica': { title: 'One replica', strategy: 'replicated' },
  locked: { title: looks.locked.label, strategy: 'locked' },
  sharded: { title: looks.sharded.label, strategy: 'sharded' },
  pipelined: { title: looks.pipelined.label, strategy: 'pipelined' },
}

/** Null if nothing was to be compared with the sequential stack. */
export function strategyMatrix(types: readonly Type[], machine: Machine): Markup | null {
  const shown = columns.filter((column) => types.some(({ by }) => by.has(column)))
  if (shown.length === 0) return null
  return html`<section class="answer" aria-labelledby="matrix">
    <h2 id="matrix">By strategy</h2>
    <p class="hint">Gain over the sequential stack, bold where its sign is sure; of a type with several kinds the plainest. A number leads to its samples, their logs, command and seed. ${whereMeasured(machine, true)}</p>
    <div class="scroll" tabindex="0" role="region" aria-label="Gains by strategy and type of communication"><table class="matrix">
      <thead><tr><th scope="col">Type</th>${shown.map((column) => html`<th scope="col"><span class="mark ${heads[column].strategy}"></span>${heads[column].title}</th>`)}</tr></thead>
      <tbody>${types.map((type) => html`<tr><th scope="row">${type.title}</th>${shown.map((column) => matrixCell(type.by.get(column)?.all[0]))}</tr>`)}</tbody>
    </table></div>
  </section>`
}

function matrixCell(gain: Gain | undefined): Markup {
  if (gain === undefined) return html`<td class="none"><span class="unseen">not asked</span></td>`
  const { experiment, cell, interval, rounds } = gain
  const label = cellLabel(cell, experiment)
  const href = `#${samplesAnchor(experiment, cell)}`
  if (interval === null) {
    return html`<td><a href="${href}" title="${label}: not measured">?<span class="unseen"> not measured</span></a></td>`
  }
  const { low, high, median } = interval
  const isSure = rounds >= fewestRounds && (low > 1 || high < 1)
  const range = rounds < 2 ? '' : `, ${formatGain(low)} … ${formatGain(high)}`
  return html`<td class="gain ${shade(median)}${isSure ? ' sure' : ''}"><a href="${href}" title="${experiment.id}, ${label}${range}, ${plural(rounds, 'round')}">${formatGain(median)}</a></td>`
}

/** Three shades either way, at ratios that are as far from 1 in both directions. */
function shade(ratio: number): string {
  const distance = Math.abs(Math.log(ratio))
  const step = [1.05, 1.15, 1.5].filter((bound) => distance >= Math.log(bound)).length
  if (step === 0) return 'even'
  return `${ratio > 1 ? 'up' : 'down'}-${step}`
}
