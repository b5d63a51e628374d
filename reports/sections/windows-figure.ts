/** The figure of a sender's windows over time, for one sample of each cell that recorded them. */
import type { Cell, Experiment } from '../../harness/matrix/experiment.ts'
import { formatNumber } from '../../harness/measure/format.ts'
import type { Sample, WindowSeries } from '../../harness/result/sample.ts'
import { isCounted } from '../../harness/result/validity.ts'
import { drawChart } from '../chart.ts'
import { html, type Markup } from '../html.ts'
import { cellLabel } from '../labels.ts'
import { colourOf } from '../palette.ts'

/** By their place in a point of the series. A receive window is drawn only where it could limit the sender. */
const lines = [
  { which: 'congestion window', at: 1, dash: [1, 0] },
  { which: 'in flight', at: 2, dash: [2, 2] },
  { which: 'receive window', at: 3, dash: [8, 3] },
] as const

/** A receive window that many times the largest congestion window would flatten the other lines. */
const farthestWindow = 2

/** Null if no sample that counts recorded windows. */
export async function windowsFigure(
  experiment: Experiment,
  samples: readonly Sample[],
): Promise<Markup | null> {
  const panels: Markup[] = []
  for (const cell of experiment.cells) {
    const series = samples.filter((each) => each.cell === cell.id).flatMap((each) => windowsOf(each))[0]
    if (series !== undefined) panels.push(await panel(experiment, cell, series))
  }
  if (panels.length === 0) return null
  return html`<figure>
    <figcaption><b>Windows over time.</b> The first sample of each cell that counts, as its sender saw it: congestion window (solid), bytes in flight (dotted), and the receiver’s window (dashed, if it is near). What is measured begins at the upright line. All points are in <a href="samples.ndjson"><code>samples.ndjson</code></a>.</figcaption>
    <div class="panels">${panels}</div>
  </figure>`
}

async function panel(
  experiment: Experiment,
  cell: Cell,
  { settledMillis, points }: WindowSeries,
): Promise<Markup> {
  const largest = (at: number) => Math.max(...points.map((point) => point[at] as number))
  const drawn = lines.filter(
    ({ which, at }) => which !== 'receive window' || largest(at) <= farthestWindow * largest(1),
  )
  const label = cellLabel(cell, experiment)
  const description = lines
    .map(({ which, at }) => `${which} at most ${formatNumber(largest(at) / 1000)} kB`)
    .join(', ')
  const svg = await drawChart('windows', `${experiment.id}-${cell.id}-windows`, {
    title: `Windows over time, ${label}`,
    description,
    datasets: {
      began: [{ seconds: settledMillis / 1000, colour: 'var(--quiet)' }],
      windows: drawn.flatMap(({ which, at, dash }) =>
        points.map((point) => ({
          which,
          dash,
          seconds: (point[0] as number) / 1000,
          kilobytes: (point[at] as number) / 1000,
          colour: colourOf(cell.factors.strategy),
        })),
      ),
    },
  })
  return html`<div class="panel"><h5>${label}</h5>${svg}<p class="beyond">${description}</p></div>`
}

function windowsOf(sample: Sample): WindowSeries[] {
  return isCounted(sample) && sample.windows !== undefined ? [sample.windows] : []
}
