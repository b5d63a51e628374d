/** One experiment: question, verdict with its reasons, figures, table, samples. */
import type { Experiment } from '../../harness/matrix/experiment.ts'
import type { Sample } from '../../harness/result/sample.ts'
import type { CellSummary, ExperimentSummary } from '../../harness/result/summary.ts'
import { html, type Markup } from '../html.ts'
import { panelsOf } from '../labels.ts'
import { cellTable } from './cell-table.ts'
import { costFigure } from './cost-figure.ts'
import { goodputPanel } from './goodput-figure.ts'
import { noiseFigure } from './noise-figure.ts'
import { predictionsPart } from './predictions.ts'
import { sampleList } from './sample-list.ts'
import { speedupPanel } from './speedup-figure.ts'
import { timelineFigure } from './timeline-figure.ts'
import { verdictBadge } from './verdict-badge.ts'

export async function experimentSection(
  experiment: Experiment,
  summary: ExperimentSummary,
  all: readonly Sample[],
): Promise<Markup> {
  const samples = all.filter((sample) => sample.experiment === experiment.id)
  const summaries = new Map<string, CellSummary>(summary.cells.map((cell) => [cell.cell, cell]))
  const panels = panelsOf(experiment)
  const goodputs: Markup[] = []
  const speedups: Markup[] = []
  for (const panel of panels) {
    const id = `${experiment.id}-${panel.key}`
    goodputs.push(await goodputPanel(`${id}-goodput`, panel, experiment, summaries, samples))
    // Predictions say more of N than a model with one number does.
    if (summary.predictions !== null) continue
    const speedup = await speedupPanel(`${id}-speedup`, panel, experiment, summaries)
    if (speedup !== null) speedups.push(speedup)
  }
  return html`<section id="${experiment.id}" class="experiment">
    <h3>${experiment.title} <code>${experiment.id}</code></h3>
    <p class="question">${experiment.question}</p>
    <div class="verdict">${verdictBadge(summary.verdict)}<ul>${summary.reasons.map((reason) => html`<li>${reason}</li>`)}</ul></div>
    <figure>
      <figcaption><b>Goodput.</b> Large marks are medians with their intervals, small dots the samples; each scale starts at zero and is the panel’s own.</figcaption>
      <div class="panels">${goodputs}</div>
    </figure>
    ${await timelineFigure(experiment, samples)}
    ${await costFigure(experiment, summaries, samples)}
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
