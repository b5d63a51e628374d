/** The figure of speed-up over N, held against the model S(N) with its fitted share of replicated work. */

import type { Cell, Experiment } from '../../harness/matrix/experiment.ts'
import { formatNumber } from '../../harness/measure/format.ts'
import type { CellSummary } from '../../harness/result/summary.ts'
import { fitReplicatedShare, type ModelFit, predictedSpeedup } from '../../harness/statistics/model.ts'
import { drawChart } from '../chart.ts'
import { html, type Markup } from '../html.ts'
import { type Panel, seriesLabel } from '../labels.ts'
import { colourOf, looks } from '../palette.ts'

/** The lines go at least this far, so that a machine with few cores still shows where the model leads. */
const fewestShown = 4

interface Series {
  readonly label: string
  readonly cells: readonly Cell[]
  readonly fit: ModelFit | null
}

/** Null if no cells of the panel differ in their replicas alone: there is no line to draw. */
export async function speedupPanel(
  id: string,
  panel: Panel,
  experiment: Experiment,
  summaries: ReadonlyMap<string, CellSummary>,
): Promise<Markup | null> {
  const series = seriesOf(panel, experiment, summaries)
  const points = series.flatMap(({ cells }) => cells.flatMap((cell) => pointsOf(cell, summaries)))
  if (points.length === 0 || series.every(({ fit }) => fit === null)) return null
  const most = Math.max(...points.map((point) => point.replicas))
  const shown = Math.max(fewestShown, most)
  const curves = series.flatMap((one) => modelCurve(one, most, shown))
  const ideal = [1, shown].map((replicas) => ({
    replicas,
    speedup: replicas,
    line: 'ideal',
    dash: [2, 3],
    colour: 'var(--quiet)',
  }))
  const svg = await drawChart('speedup', id, {
    title: `Speed-up, ${panel.title}`,
    description: points.map((point) => point.words).join('; '),
    datasets: {
      lines: [...ideal, ...curves],
      labels: [
        { replicas: shown, speedup: shown, label: 'ideal', colour: 'var(--quiet)' },
        ...series.flatMap((one) => curveLabel(one, shown)),
      ],
      points: points.map(({ words, ...row }) => row),
    },
  })
  return html`<div class="panel"><h5>${panel.title}</h5>${svg}<p class="beyond">${series.map(fitSentence).join(' ')}</p></div>`
}

function seriesOf(
  panel: Panel,
  experiment: Experiment,
  summaries: ReadonlyMap<string, CellSummary>,
): Series[] {
  const groups = new Map<string, Cell[]>()
  for (const cell of panel.cells) {
    if (cell.factors.replicas === undefined) continue
    const label = seriesLabel(cell, experiment)
    groups.set(label, [...(groups.get(label) ?? []), cell])
  }
  return [...groups].map(([label, cells]) => {
    const measured = cells.flatMap((cell) => {
      const speedup = summaries.get(cell.id)?.speedupOverSingle?.median
      return speedup === undefined ? [] : [{ replicas: cell.factors.replicas as number, speedup }]
    })
    return { label, cells, fit: fitReplicatedShare(measured) }
  })
}

/** Filled: over one replica, as in the model. Hollow: over the sequential stack, which is what a user gains. */
function pointsOf(cell: Cell, summaries: ReadonlyMap<string, CellSummary>) {
  const { strategy, replicas = 1 } = cell.factors
  const colour = colourOf(strategy)
  const summary = summaries.get(cell.id)
  const kinds = [
    {
      over: 'one replica',
      interval: summary?.speedupOverSingle,
      fill: colour,
      shape: looks[strategy].shape,
      aside: -0.035,
    },
    {
      over: 'sequential',
      interval: summary?.speedupOverSequential,
      fill: 'var(--page)',
      shape: 'diamond',
      aside: 0.035,
    },
  ]
  return kinds.flatMap(({ over, interval, fill, shape, aside }) => {
    if (!interval) return []
    const words = `${replicas} replicas over ${over}: ${formatNumber(interval.median)}, ${formatNumber(interval.low)} to ${formatNumber(interval.high)}`
    return [{ replicas, position: replicas + aside, ...interval, colour, fill, shape, words }]
  })
}

/** Solid where N was measured, dashed beyond. */
function modelCurve({ label, fit, cells }: Series, most: number, shown: number) {
  if (fit === null) return []
  const colour = colourOf((cells[0] as Cell).factors.strategy)
  const between = (from: number, to: number, line: string, dash: number[]) => {
    const steps = Math.max(0, Math.round((to - from) * 10))
    return Array.from({ length: steps + 1 }, (_, step) => {
      const replicas = from + step / 10
      return {
        replicas,
        speedup: predictedSpeedup(replicas, fit.replicatedShare),
        line: `${label} ${line}`,
        dash,
        colour,
      }
    })
  }
  return [
    ...between(1, most, 'measured', [1, 0]),
    ...(shown > most ? between(most, shown, 'predicted', [5, 4]) : []),
  ]
}

function curveLabel({ fit, cells }: Series, shown: number) {
  if (fit === null) return []
  const share = fit.replicatedShare
  return [
    {
      replicas: shown,
      speedup: predictedSpeedup(shown, share),
      label: `r = ${share.toFixed(2)}`,
      colour: colourOf((cells[0] as Cell).factors.strategy),
    },
  ]
}

function fitSentence({ label, fit }: Series): string {
  if (fit === null) return `${label}: no fit.`
  const limit = fit.replicatedShare > 0 ? `, limit ${formatNumber(1 / fit.replicatedShare)}` : ''
  const points =
    fit.points === 1
      ? 'one point, so the fit is exact'
      : `${fit.points} points, residual ${fit.residual.toFixed(2)}`
  return `${label}: r = ${fit.replicatedShare.toFixed(2)}${limit} (${points}).`
}
