/** The figure of disturbed transfers: goodput over time for one sample of each cell, and its disturbances. */
import type { Cell, Experiment } from '../../harness/matrix/experiment.ts'
import type { MeasuredSample, Sample } from '../../harness/result/sample.ts'
import { isCounted } from '../../harness/result/validity.ts'
import { drawChart } from '../chart.ts'
import { plural } from '../format.ts'
import { html, type Markup } from '../html.ts'
import { configurationLabel } from '../labels.ts'
import { colourOf } from '../palette.ts'

/** Each point is the mean over this time. */
const windowMillis = 25
/** Drawn for wide and for narrow pages; the style sheet shows one. */
const widths = { wide: 480, narrow: 230 } as const

type Disturbed = MeasuredSample & { readonly disturbed: NonNullable<MeasuredSample['disturbed']> }

/** Null if no replica was disturbed in a sample that counts. */
export async function timelineFigure(
  experiment: Experiment,
  samples: readonly Sample[],
): Promise<Markup | null> {
  const panels: Markup[] = []
  for (const cell of experiment.cells) {
    const sample = samples.find((each) => each.cell === cell.id && isDisturbed(each)) as Disturbed | undefined
    if (sample !== undefined) panels.push(await panel(experiment, cell, sample))
  }
  if (panels.length === 0) return null
  return html`<figure>
    <figcaption><b>Goodput over time.</b> The first sample of each disturbed cell, in means over ${windowMillis} ms; a dashed line is the moment at which a replica was killed or stalled. All points are in <a href="samples.ndjson"><code>samples.ndjson</code></a>.</figcaption>
    ${panels}
  </figure>`
}

async function panel(experiment: Experiment, cell: Cell, sample: Disturbed): Promise<Markup> {
  const { events } = sample.disturbed
  const gaps = events.map((event) => `${event.gapMillis.toFixed(0)} ms`).join(', ')
  const label = configurationLabel(cell, experiment)
  const description = `${plural(events.length, 'disturbance')}; longest time without a byte after each: ${gaps}.`
  const draw = (name: keyof typeof widths) =>
    drawChart('timeline', `${experiment.id}-${cell.id}-timeline-${name}`, {
      title: `Goodput over time, ${label}`,
      description,
      datasets: {
        goodput: goodputOverTime(sample.disturbed).map((row) => ({
          ...row,
          colour: colourOf(cell.factors.strategy),
        })),
        events: events.map((event) => ({ seconds: event.atMillis / 1000, colour: 'var(--bad)' })),
      },
      width: widths[name],
    })
  return html`<div><h5>${label}</h5>
    <div class="when-wide">${await draw('wide')}</div>
    <div class="when-narrow">${await draw('narrow')}</div>
    <p class="beyond">${description}</p></div>`
}

function goodputOverTime({ bytes, stepMillis }: Disturbed['disturbed']) {
  const steps = Math.max(1, Math.round(windowMillis / stepMillis))
  const rows: { seconds: number; mbps: number }[] = []
  for (let step = 0; step + steps < bytes.length; step += steps) {
    const moved = (bytes[step + steps] as number) - (bytes[step] as number)
    rows.push({
      seconds: ((step + steps / 2) * stepMillis) / 1000,
      mbps: (8 * moved) / (steps * stepMillis * 1000),
    })
  }
  return rows
}

function isDisturbed(sample: Sample): boolean {
  return isCounted(sample) && (sample.disturbed?.events.length ?? 0) > 0
}
