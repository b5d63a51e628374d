/** One experiment: question, verdict with its reasons, figures, table, samples. */
import type { Experiment } from '../../harness/matrix/experiment.ts'
import type { Sample } from '../../harness/result/sample.ts'
import type { CellSummary, ExperimentSummary } from '../../harness/result/summary.ts'
import { html, type Markup } from '../html.ts'
import { panelsOf } from '../labels.ts'
import { cellTable } from './cell-table.ts'
import { costFigure } from './cost-figure.ts'
import { loadFigure } from './load-figure.ts'
import { measureFigures } from './measure-figures.ts'
import { noiseFigure } from './noise-figure.ts'
import { predictionsPart } from './predictions.ts'
import { crossoverFigure } from './ratios-figure.ts'
import { sampleList } from './sample-list.ts'
import { speedupPanel } from './speedup-figure.ts'
import { timelineFigure } from './timeline-figure.ts'
import { verdictBadge } from './verdict-badge.ts'
import { windowsFigure } from './windows-figure.ts'
import { workFigure } from './work-figure.ts'

export async function experimentSection(
  experiment: Experiment,
  summary: ExperimentSummary,
  all: readonly Sample[],
): Promise<Markup> {
  const samples = all.filter((sample) => sample.experiment === experiment.id)
  const summaries = new Map<string, CellSummary>(summary.cells.map((cell) => [cell.cell, cell]))
  const speedups: Markup[] = []
  // Not beside predictions, which say more about N than a model with one parameter.
  for (const panel of summary.predictions === null ? panelsOf(experiment) : []) {
    const id = `${experiment.id}-${panel.key}`
    const speedup = await speedupPanel(`${id}-speedup`, panel, experiment, summaries)
    if (speedup !== null) speedups.push(speedup)
  }
  return html`<section id="${experiment.id}" class="experiment">
    <h3>${experiment.title} <code>${experiment.id}</code></h3>
    <p class="question">${experiment.question}</p>
    <div class="verdict">${verdictBadge(summary.verdict)}<ul>${summary.reasons.map((reason) => html`<li>${reason}</li>`)}</ul></div>
    ${await loadFigure(experiment, summaries)}
    ${await measureFigures(experiment, summaries, samples)}
    ${await timelineFigure(experiment, samples)}
    ${await windowsFigure(experiment, samples)}
    ${await costFigure(experiment, summaries, samples)}
    ${await crossoverFigure(experiment, summaries, samples)}
    ${await workFigure(experiment, summaries)}
    ${summary.predictions === null ? null : await predictionsPart(experiment, summary.predictions, summaries)}
    ${speedups.length === 0 ? null : speedupFigure(speedups)}
    ${cellTable(experiment, summaries)}
    ${await noiseFigure(experiment, summaries, samples)}
    ${sampleList(experiment, samples)}
  </section>`
}

function speedupFigure(panels: readonly Markup[]): Markup {
  return html`<figure>
    <figcaption><b>Speed-up, measured and predicted.</b> Filled marks: over one replica. Hollow diamonds: over the sequential stack. The line is the model S(N) = N / (1 + (N−1) r), where r is the share of work that every replica repeats, fitted to the filled marks; it is dashed where nothing was measured.</figcaption>
    <div class="panels">${panels}</div>
  </figure>`
}
