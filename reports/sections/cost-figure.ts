/** The figure of a cost, if the verdict is on one: chart and table of the share of the rate that each cell loses. */

import { counterpartOf } from '../../harness/matrix/counterpart.ts'
import type { Cell, CostRule, Experiment } from '../../harness/matrix/experiment.ts'
import { formatCount } from '../../harness/measure/format.ts'
import { declaredMeasures } from '../../harness/measure/measures.ts'
import { gainsByRound, rateOf } from '../../harness/result/gains.ts'
import type { Sample } from '../../harness/result/sample.ts'
import type { CellSummary } from '../../harness/result/summary.ts'
import { rangeOver } from '../../harness/verdict/few-rounds.ts'
import type { Cost } from '../../harness/verdict/judgement.ts'
import { inPercent } from '../../harness/verdict/rules/cost.ts'
import { drawChart } from '../chart.ts'
import { formatInterval } from '../format.ts'
import { html, type Markup } from '../html.ts'
import { cellLabel, cellsByPanel } from '../labels.ts'
import { colourOf, looks } from '../palette.ts'

/** Drawn for wide and for narrow pages; the style sheet shows one. */
const widths = { wide: 560, narrow: 170 } as const

interface Row {
  readonly label: string
  readonly cell: Cell
  readonly summary: CellSummary
  readonly other: CellSummary
  readonly cost: Cost
  /** Percent, by round. */
  readonly rounds: readonly number[]
}

/** Null if the experiment asks for no cost, or none was measured. */
export async function costFigure(
  experiment: Experiment,
  summaries: ReadonlyMap<string, CellSummary>,
  samples: readonly Sample[],
): Promise<Markup | null> {
  const { verdict } = experiment
  if (verdict.kind !== 'cost') return null
  const rows = rowsOf(experiment, verdict, summaries, samples)
  if (rows.length === 0) return null
  const limit = inPercent(verdict.atMost)
  const { title } = declaredMeasures[rateOf(experiment)]
  const quantity = title.toLowerCase()
  const draw = (name: keyof typeof widths) =>
    drawChart('cost', `${experiment.id}-cost-${name}`, {
      title: `What ${verdict.factor} cost`,
      description: rows
        .map(
          ({ label, cost }) =>
            `${label}: ${inPercent(cost.median)}, ${inPercent(cost.low)} to ${inPercent(cost.high)}`,
        )
        .join('; '),
      datasets: {
        limits: [{ percent: 100 * verdict.atMost, colour: 'var(--bad)' }],
        rounds: rows.flatMap(({ label, cell, rounds }) =>
          rounds.map((share) => ({
            cell: label,
            id: cell.id,
            percent: share,
            colour: colourOf(cell.factors.strategy),
          })),
        ),
        cells: rows.map(({ label, cell, cost }) => ({
          cell: label,
          id: cell.id,
          median: 100 * cost.median,
          low: 100 * cost.low,
          high: 100 * cost.high,
          colour: colourOf(cell.factors.strategy),
          shape: looks[cell.factors.strategy].shape,
        })),
      },
      words: { quantity: `Percent of the ${quantity}` },
      width: widths[name],
    })
  return html`<figure>
    <figcaption><b>What ${verdict.factor} cost.</b> The share of the ${quantity} that is missing with ${verdict.factor} ${verdict.of}, beside the same cell of the same round with ${verdict.factor} ${verdict.over}; below 0 the cell that pays was the faster one. Small dots are rounds; the dashed line is the limit of ${limit}.</figcaption>
    <div class="when-wide">${await draw('wide')}</div>
    <div class="when-narrow">${await draw('narrow')}</div>
    ${table(experiment, verdict, rows)}
  </figure>`
}

function rowsOf(
  experiment: Experiment,
  rule: CostRule,
  summaries: ReadonlyMap<string, CellSummary>,
  samples: readonly Sample[],
): Row[] {
  // With the cells of the rows only, labels leave out the factors that all rows have in common.
  const paying = {
    ...experiment,
    cells: experiment.cells.filter(({ factors }) => factors[rule.factor] === rule.of),
  }
  return cellsByPanel(paying).flatMap((cell) => {
    const summary = summaries.get(cell.id)
    const other = summaries.get(counterpartOf(rule, cell, experiment.cells)?.id ?? '')
    if (!summary?.cost || other === undefined) return []
    const gains = gainsByRound(rateOf(experiment), cell.id, other.cell, samples)
    const rounds = gains.map((gain) => 100 * (1 - gain))
    return [{ label: cellLabel(cell, paying), cell, summary, other, cost: summary.cost, rounds }]
  })
}

function table(experiment: Experiment, { factor, of, over }: CostRule, rows: readonly Row[]): Markup {
  const rate = rateOf(experiment)
  const { title, unit } = declaredMeasures[rate]
  const heads = [
    ['Cost', `of the ${title.toLowerCase()}`],
    [`${factor} ${of}`, unit],
    [`${factor} ${over}`, unit],
    ['Rounds', 'compared'],
    ['Digests', 'of them differing'],
    ['Missed', 'digests'],
  ].map(([name, unit]) => html`<th scope="col">${name}<small>${unit}</small></th>`)
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Costs of ${experiment.id}"><table class="cells">
    <thead><tr><th scope="col">Cell</th>${heads}</tr></thead>
    <tbody>${rows.map(
      ({ label, cell, summary, other, cost }) => html`<tr>
      <th scope="row"><span class="mark ${cell.factors.strategy}"></span>${label}</th>
      <td><b>${inPercent(cost.median)}</b><small>${rangeOver(cost.rounds, inPercent(cost.low), inPercent(cost.high))}</small></td>
      ${[summary, other].map(({ measures }) => {
        const { median, range } = formatInterval(measures[rate] ?? null)
        return html`<td><b>${median}</b><small>${range}</small></td>`
      })}
      <td>${cost.rounds}</td>
      <td>${formatCount(summary.digestsCompared)} / ${summary.divergences}</td>
      <td>${formatCount(summary.digestsMissed)}</td>
    </tr>`,
    )}</tbody>
  </table></div>`
}
