/** Processor time by purpose, if the verdict is on it: of one replica, repeated by more, polling, application. */
import type { Cell, Experiment } from '../../harness/matrix/experiment.ts'
import { declaredMeasures } from '../../harness/measure/measures.ts'
import type { CellSummary } from '../../harness/result/summary.ts'
import type { Work } from '../../harness/verdict/judgement.ts'
import { singleOf } from '../../harness/verdict/rules/replicated-work.ts'
import { drawChart } from '../chart.ts'
import { html, type Markup } from '../html.ts'
import { briefLabel, cellsByPanel } from '../labels.ts'

/** Drawn for wide and for narrow pages; the style sheet shows one. */
const widths = { wide: 520, narrow: 190 } as const

const parts = [
  { name: 'work of one thread', colour: 'var(--sequential)' },
  { name: 'what more replicas repeat', colour: 'var(--replicated)' },
  { name: 'polling in vain', colour: 'var(--linux)' },
  { name: 'application', colour: 'var(--line)' },
] as const

interface Row {
  readonly cell: string
  /** In the order of `parts`. */
  readonly seconds: readonly number[]
  /** Work that the model expects at the measured speed-up: N / S(N) times that of one replica. */
  readonly model: number | undefined
}

/** Null if the experiment asks for nothing of that kind, or nothing was measured. */
export async function workFigure(
  experiment: Experiment,
  summaries: ReadonlyMap<string, CellSummary>,
): Promise<Markup | null> {
  if (experiment.verdict.kind !== 'replicated-work') return null
  const rows = cellsByPanel(experiment).flatMap((cell) => rowOf(cell, experiment, summaries))
  if (rows.length === 0) return null
  const { unit } = declaredMeasures.threadSecondsPerGigabyte
  const draw = (name: keyof typeof widths) =>
    drawChart('work', `${experiment.id}-work-${name}`, {
      title: 'Processor time by what it was for',
      description: rows.map(describe).join('; '),
      datasets: {
        parts: rows.flatMap(({ cell, seconds }) =>
          parts.map(({ colour }, place) => ({ cell, colour, place, seconds: seconds[place] })),
        ),
        model: rows.flatMap(({ cell, model }) =>
          model === undefined ? [] : [{ cell, seconds: model, colour: 'var(--ink)' }],
        ),
      },
      words: { quantity: `Processor time of the stack (${unit})` },
      width: widths[name],
    })
  const legend = parts.map(
    ({ name, colour }) =>
      html`<span class="key"><span class="mark" style="background: ${colour}"></span>${name}</span> `,
  )
  return html`<figure>
    <figcaption><b>Processor time, by what it was for.</b> ${legend} — Medians. What replicas repeat is what N of them work beyond one; sharing itself is in it. The tick is where the model puts the end of it by the measured speed-up, at N / S(N) times the work of one. Polling is by the clock.</figcaption>
    <div class="when-wide">${await draw('wide')}</div>
    <div class="when-narrow">${await draw('narrow')}</div>
  </figure>`
}

function rowOf(cell: Cell, experiment: Experiment, summaries: ReadonlyMap<string, CellSummary>): Row[] {
  const summary = summaries.get(cell.id)
  if (!summary?.work) return []
  const single = singleOf(cell, experiment.cells)
  const one = (single && summaries.get(single.id)?.work) ?? summary.work
  const speedup = summary.speedupOverSingle?.median
  const { replicas = 1 } = cell.factors
  const model = replicas > 1 && speedup !== undefined ? (one.busy * replicas) / speedup : undefined
  return [{ cell: briefLabel(cell, experiment), seconds: secondsOf(summary.work, one), model }]
}

function secondsOf({ busy, polling, application }: Work, one: Work): number[] {
  const once = Math.min(busy, one.busy)
  return [once, busy - once, polling, application]
}

function describe({ cell, seconds, model }: Row): string {
  const said = parts.map(({ name }, place) => `${name} ${(seconds[place] ?? 0).toFixed(2)}`)
  const expected = model === undefined ? '' : `, by the model ${model.toFixed(2)}`
  return `${cell}: ${said.join(', ')}${expected}`
}
