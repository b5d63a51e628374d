/** The figures of ratios: gains within rounds over the sequential stack, or over the strategy that a verdict names. */
import { baselineOf } from '../../harness/matrix/baseline.ts'
import { counterpartOf } from '../../harness/matrix/counterpart.ts'
import type { Cell, Experiment } from '../../harness/matrix/experiment.ts'
import { declaredMeasures } from '../../harness/measure/measures.ts'
import { gainsByRound, rateOf } from '../../harness/result/gains.ts'
import type { Sample } from '../../harness/result/sample.ts'
import type { CellSummary } from '../../harness/result/summary.ts'
import type { Interval } from '../../harness/statistics/interval.ts'
import { drawChart } from '../chart.ts'
import { formatInterval } from '../format.ts'
import { html, type Markup } from '../html.ts'
import { briefLabel, cellsByPanel } from '../labels.ts'
import { colourOf, looks } from '../palette.ts'

/** Drawn for wide and for narrow pages; the style sheet shows one. */
const widths = { wide: 360, narrow: 130 } as const

/** One of the two figures: what cells are compared with, and the ratio that the summary has of each. */
interface Comparison {
  readonly name: string
  /** What stands behind "over" and "times". */
  readonly other: string
  over(cell: Cell): Cell | undefined
  ratio(summary: CellSummary): Interval | null
}

/** Null if no cell could be compared. */
export async function ratiosFigure(
  experiment: Experiment,
  summaries: ReadonlyMap<string, CellSummary>,
  samples: readonly Sample[],
): Promise<Markup | null> {
  return await figureOf(experiment, summaries, samples, {
    name: 'ratios',
    other: 'the sequential stack',
    over: (cell) => baselineOf('sequential', cell, experiment.cells),
    ratio: ({ speedupOverSequential }) => speedupOverSequential,
  })
}

/** Null if the verdict is not on a crossover, or no cell could be compared. */
export async function crossoverFigure(
  experiment: Experiment,
  summaries: ReadonlyMap<string, CellSummary>,
  samples: readonly Sample[],
): Promise<Markup | null> {
  const { verdict, cells } = experiment
  if (verdict.kind !== 'crossover') return null
  return await figureOf(experiment, summaries, samples, {
    name: 'crossover',
    other: `strategy “${verdict.over}”`,
    over: (cell) => counterpartOf(verdict, cell, cells),
    ratio: ({ overRival }) => overRival,
  })
}

async function figureOf(
  experiment: Experiment,
  summaries: ReadonlyMap<string, CellSummary>,
  samples: readonly Sample[],
  { name, other, over, ratio }: Comparison,
): Promise<Markup | null> {
  const { title } = declaredMeasures[rateOf(experiment)]
  const rows = cellsByPanel(experiment).flatMap((cell) => {
    const summary = summaries.get(cell.id)
    const interval = summary === undefined ? null : ratio(summary)
    const compared = over(cell)
    if (!interval || compared === undefined || compared.id === cell.id) return []
    const { strategy } = cell.factors
    const look = { colour: colourOf(strategy), shape: looks[strategy].shape }
    const gains = gainsByRound(rateOf(experiment), cell.id, compared.id, samples)
    return [{ cell: briefLabel(cell, experiment), id: cell.id, ...interval, ...look, gains }]
  })
  if (rows.length === 0) return null
  const draw = (size: keyof typeof widths) =>
    drawChart('ratios', `${experiment.id}-${name}-${size}`, {
      title: `${title} over ${other}`,
      description: rows
        .map(({ cell, ...interval }) => `${cell}: ${formatInterval(interval).median}`)
        .join('; '),
      datasets: {
        cells: rows.map(({ gains, ...row }) => row),
        rounds: rows.flatMap(({ cell, id, colour, gains }) =>
          gains.map((ratio) => ({ cell, id, ratio, colour })),
        ),
      },
      words: { other },
      width: widths[size],
    })
  return html`<figure>
    <figcaption><b>${title}, over ${other}.</b> Medians of the ratios within rounds, with their intervals; above 1 is better. Small dots are rounds.</figcaption>
    <div class="when-wide">${await draw('wide')}</div>
    <div class="when-narrow">${await draw('narrow')}</div>
  </figure>`
}
