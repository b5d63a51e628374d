/** The figure of speed-up over the payload of a segment, held against the model: p grows with the bytes, s does not. */
import type { Cell, Experiment } from '../../harness/matrix/experiment.ts'
import { describeFactors } from '../../harness/matrix/factor-words.ts'
import { identifyFactors } from '../../harness/matrix/factors.ts'
import type { CellSummary } from '../../harness/result/summary.ts'
import {
  fitWorkBySize,
  impliedShare,
  predictedSpeedup,
  type SizedPoint,
  type SizeFit,
  shareBySize,
} from '../../harness/statistics/model.ts'
import { hasTrend } from '../../harness/verdict/rules/trend.ts'
import { drawChart } from '../chart.ts'
import { html, type Markup } from '../html.ts'
import { colourOf, looks } from '../palette.ts'

/** As far as the line goes: the payload of 45 segments of 1448 bytes, which one frame of 64 KB carries. */
const farthestBytes = 65_160
const steps = 40

interface Row extends SizedPoint {
  readonly cell: Cell
  readonly low: number
  readonly high: number
}

interface Series {
  readonly label: string
  readonly rows: readonly Row[]
  readonly fit: SizeFit | null
}

/** Null if the verdict is not on the size of segments, or nothing was measured. */
export async function sizeFigure(
  experiment: Experiment,
  summaries: ReadonlyMap<string, CellSummary>,
): Promise<Markup | null> {
  const { verdict } = experiment
  if (verdict.kind !== 'trend' || verdict.factor !== 'segmentBytes') return null
  const series = seriesOf(experiment, summaries)
  if (series.length === 0) return null
  const panels = await Promise.all(
    series.map((one, index) => sizePanel(`${experiment.id}-sizes-${index}`, one)),
  )
  return html`<figure>
    <figcaption><b>Speed-up by size, measured and predicted.</b> The line is the model S(N) = N / (1 + (N−1) r), with r = s / (s + p), where the work of one, p, grows with the bytes and the work of all, s, does not; it is dashed where nothing was measured.</figcaption>
    <div class="panels">${panels}</div>
  </figure>`
}

async function sizePanel(id: string, series: Series): Promise<Markup> {
  const { label, rows } = series
  const svg = await drawChart('sizes', id, {
    title: `Speed-up by the payload of a segment, ${label}`,
    description: describe(series),
    datasets: {
      lines: modelLine(series),
      labels: lineLabel(series),
      points: rows.map(({ cell, bytes, speedup, low, high }) => {
        const { strategy } = cell.factors
        return {
          bytes,
          median: speedup,
          low,
          high,
          colour: colourOf(strategy),
          shape: looks[strategy].shape,
          id: cell.id,
        }
      }),
    },
  })
  return html`<div class="panel broad"><h5>${label}</h5><div class="scroll" tabindex="0" role="region" aria-label="Speed-up by the payload of a segment, ${label}">${svg}</div><p class="beyond">${describe(series)}</p></div>`
}

function seriesOf(experiment: Experiment, summaries: ReadonlyMap<string, CellSummary>): Series[] {
  const parallel = experiment.cells.filter((cell) => hasTrend(cell) && cell.factors.replicas !== undefined)
  const groups = Map.groupBy(parallel, ({ factors }) =>
    identifyFactors({ ...factors, segmentBytes: undefined }),
  )
  return [...groups.values()].flatMap((cells) => {
    const { factors } = cells[0] as Cell
    const label = [looks[factors.strategy].label, describeFactors(factors, ['replicas', 'payloadWork'])].join(
      ', ',
    )
    const rows = cells.flatMap((cell): Row[] => {
      const interval = summaries.get(cell.id)?.speedupOverSequential
      const { segmentBytes: bytes, replicas } = cell.factors
      if (!interval || bytes === undefined || replicas === undefined) return []
      return [{ cell, bytes, replicas, speedup: interval.median, low: interval.low, high: interval.high }]
    })
    return rows.length === 0 ? [] : [{ label, rows, fit: fitWorkBySize(rows) }]
  })
}

function modelLine({ label, rows, fit }: Series) {
  if (fit === null) return []
  const { replicas, cell } = rows[0] as Row
  const sizes = rows.map(({ bytes }) => bytes)
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)]
  const between = (from: number, to: number, line: string, dash: readonly number[]) =>
    Array.from({ length: steps + 1 }, (_, step) => {
      const bytes = from * (to / from) ** (step / steps)
      const speedup = predictedSpeedup(replicas, shareBySize(fit, bytes))
      return { bytes, speedup, line: `${label} ${line}`, dash, colour: colourOf(cell.factors.strategy) }
    })
  const measured = between(least, most, 'measured', [1, 0])
  return leadsOn(fit) ? [...measured, ...between(most, farthestBytes, 'predicted', [5, 4])] : measured
}

/** A gain that falls with the size has another cause than the model's: no line leads on from there. */
function leadsOn(fit: SizeFit): boolean {
  return fit.perByte > 0
}

function lineLabel({ rows, fit }: Series) {
  if (fit === null || !leadsOn(fit)) return []
  const { replicas, cell } = rows[0] as Row
  const speedup = predictedSpeedup(replicas, shareBySize(fit, farthestBytes))
  const label = `64 KB: ${speedup.toFixed(2)} predicted`
  return [{ bytes: farthestBytes, speedup, label, colour: colourOf(cell.factors.strategy) }]
}

/** `r = 0.71 (0.65 … 0.78) at 536 B, …; fitted, p / s = 0.30 + 0.12 for every 1000 B.` */
function describe({ rows, fit }: Series): string {
  const shares = rows.map(({ bytes, replicas, speedup, low, high }) => {
    const share = (at: number) => impliedShare({ replicas, speedup: at }).toFixed(2)
    return `${share(speedup)} (${share(high)} … ${share(low)}) at ${bytes} B`
  })
  const fitted =
    fit === null
      ? 'no fit'
      : `fitted, p / s = ${fit.fixed.toFixed(2)} ${fit.perByte < 0 ? '−' : '+'} ${Math.abs(1000 * fit.perByte).toFixed(2)} for every 1000 B`
  return `r = ${shares.join(', ')}; ${fitted}.`
}
