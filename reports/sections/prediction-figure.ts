/**
 * The figure of predictions: speed-up over the sequential stack that the virtual cores predict with a processor for each
 * thread. Marks on it show what was measured, each beside the prediction for the same, shared processors.
 */

import type { Strategy } from '../../harness/matrix/factor.ts'
import { formatNumber } from '../../harness/measure/format.ts'
import type { Outlook } from '../../harness/result/prediction.ts'
import type { CellSummary, PredictionSummary } from '../../harness/result/summary.ts'
import type { Interval } from '../../harness/statistics/interval.ts'
import { drawChart } from '../chart.ts'
import { formatInterval } from '../format.ts'
import { html, type Markup } from '../html.ts'
import type { Panel } from '../labels.ts'
import { colourOf, looks } from '../palette.ts'

interface Series {
  readonly strategy: Strategy
  readonly points: readonly { readonly replicas: number; readonly speedup: Interval }[]
}

/** Null if there is no prediction with a processor for each thread for this panel's payload work. */
export async function predictionPanel(
  id: string,
  panel: Panel,
  predictions: PredictionSummary,
  summaries: ReadonlyMap<string, CellSummary>,
): Promise<Markup | null> {
  const work = panel.cells[0]?.factors.payloadWork
  const series = seriesOf(predictions.outlook.filter(({ payloadWork }) => payloadWork === work))
  if (series.length === 0) return null
  const most = Math.max(...series.flatMap(({ points }) => points.map(({ replicas }) => replicas)))
  const here = marksHere(panel, summaries)
  const svg = await drawChart('prediction', id, {
    title: `Predicted speed-up over sequential, ${panel.title}`,
    description: [
      ...series.map((one) => `${looks[one.strategy].label}: ${bestOf(one)}`),
      ...here.map(({ words }) => words),
    ].join('; '),
    datasets: {
      predicted: [...series, sequentialUpTo(most)].flatMap(rowsOf),
      here: here.map(({ words, ...row }) => row),
    },
  })
  const legend = series.map(
    (one) =>
      html`<li><span class="mark ${one.strategy}"></span>${looks[one.strategy].label}: ${bestOf(one)}</li>`,
  )
  return html`<div class="panel"><h5>${panel.title}</h5>${svg}<ul class="legend">${legend}<li><span class="mark sequential"></span>Sequential: 1 by definition</li></ul></div>`
}

function seriesOf(outlook: readonly Outlook[]): Series[] {
  const strategies = new Set(outlook.map(({ strategy }) => strategy).filter((name) => name !== 'sequential'))
  return [...strategies].map((strategy) => ({
    strategy,
    points: outlook
      .filter((each) => each.strategy === strategy)
      .map(({ replicas = 1, speedup }) => ({ replicas, speedup })),
  }))
}

/** The line of the sequential stack, which all others are compared with. */
function sequentialUpTo(most: number): Series {
  const speedup = { median: 1, low: 1, high: 1 }
  return { strategy: 'sequential', points: [1, most].map((replicas) => ({ replicas, speedup })) }
}

function rowsOf({ strategy, points }: Series) {
  const colour = colourOf(strategy)
  const { shape } = looks[strategy]
  return points.map(({ replicas, speedup }) => ({
    strategy,
    replicas,
    ...speedup,
    colour,
    shape,
    fill: 'var(--page)',
  }))
}

/** `predicted 2.62 [2.50 … 2.71] at best, with N=32` */
function bestOf({ points }: Series): string {
  const [first, ...rest] = points
  if (first === undefined) return 'nothing predicted'
  const best = rest.reduce(
    (leader, each) => (each.speedup.median > leader.speedup.median ? each : leader),
    first,
  )
  const { median, range } = formatInterval(best.speedup)
  return `predicted ${median} [${range}] at best, with N=${best.replicas}`
}

/** How far marks at the same N are set apart, as exponents of 2. */
const strategyAside = 0.24
const sortAside = 0.06

/** Filled: measured. Hollow: predicted for the same processors. */
function marksHere(panel: Panel, summaries: ReadonlyMap<string, CellSummary>) {
  const cells = panel.cells.filter(({ factors }) => factors.replicas !== undefined)
  const strategies = [...new Set(cells.map(({ factors }) => factors.strategy))]
  return cells.flatMap(({ id, factors: { strategy, replicas = 1 } }) => {
    const summary = summaries.get(id)
    const aside = strategyAside * (strategies.indexOf(strategy) - (strategies.length - 1) / 2)
    const colour = colourOf(strategy)
    const { shape, label } = looks[strategy]
    const sorts = [
      { word: 'measured', interval: summary?.speedupOverSequential, fill: colour, side: -sortAside },
      {
        word: 'predicted for the processors here',
        interval: summary?.predicted?.speedupOverSequential,
        fill: 'var(--page)',
        side: sortAside,
      },
    ]
    return sorts.flatMap(({ word, interval, fill, side }) => {
      if (!interval) return []
      const words = `${label} N=${replicas}, ${word}: ${formatNumber(interval.median)}`
      return [{ position: replicas * 2 ** (aside + side), ...interval, colour, fill, shape, words }]
    })
  })
}
