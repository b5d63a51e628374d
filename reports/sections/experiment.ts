/** One experiment: question, claim, verdict, figures, table, what it means, samples. */
import type { Experiment } from '../../harness/matrix/experiment.ts'
import type { Manifest } from '../../harness/result/manifest.ts'
import type { Sample } from '../../harness/result/sample.ts'
import type { ShownBehaviour } from '../../harness/result/store.ts'
import type { CellSummary, ExperimentSummary, Summary } from '../../harness/result/summary.ts'
import { specificationOf } from '../../harness/workload/workloads.ts'
import { experimentAnchor } from '../anchors.ts'
import { whyNot } from '../argument/combined-verdict.ts'
import { keyFigureOf } from '../argument/key-figure.ts'
import { behaviourPart } from '../behaviour/section.ts'
import { html, type Markup } from '../html.ts'
import { panelsOf } from '../labels.ts'
import { cellTable } from './cell-table.ts'
import { costFigure } from './cost-figure.ts'
import { loadFigure } from './load-figure.ts'
import { meaning, runAlone } from './meaning.ts'
import { measureFigures } from './measure-figures.ts'
import { noiseFigure } from './noise-figure.ts'
import { otherStacksPart } from './other-stacks.ts'
import { predictionsPart } from './predictions.ts'
import { crossoverFigure } from './ratios-figure.ts'
import { sampleList } from './sample-list.ts'
import { sizeFigure } from './size-figure.ts'
import { speedupPanel } from './speedup-figure.ts'
import { timelineFigure } from './timeline-figure.ts'
import { verdictBadge } from './verdict-badge.ts'
import { withWhereMeasured } from './where-measured.ts'
import { windowsFigure } from './windows-figure.ts'
import { workFigure } from './work-figure.ts'

export async function experimentSection(
  experiment: Experiment,
  own: ExperimentSummary,
  all: readonly Sample[],
  behaviours: readonly ShownBehaviour[],
  manifest: Manifest,
  whole: Summary,
): Promise<Markup> {
  const samples = all.filter((sample) => sample.experiment === experiment.id)
  const summaries = new Map<string, CellSummary>(own.cells.map((cell) => [cell.cell, cell]))
  const { usesNetwork } = specificationOf(experiment.workload)
  const section = html`<section id="${experimentAnchor(experiment)}" class="experiment">
    ${head(experiment, own, whole)}
    <div class="figures">
    ${await loadFigure(experiment, summaries)}
    ${await measureFigures(experiment, summaries, samples)}
    ${await timelineFigure(experiment, samples)}
    ${await windowsFigure(experiment, samples)}
    ${await costFigure(experiment, summaries, samples)}
    ${await crossoverFigure(experiment, summaries, samples)}
    ${await workFigure(experiment, summaries)}
    ${await sizeFigure(experiment, summaries)}
    ${own.predictions === null ? await speedupFigure(experiment, summaries) : null}
    </div>
    ${own.predictions === null ? null : await predictionsPart(experiment, own.predictions, summaries)}
    ${cellTable(experiment, summaries)}
    ${otherStacksPart(experiment)}
    ${await behaviourPart(experiment, behaviours)}
    ${meaning(own)}
    ${runAlone(experiment, manifest)}
    ${await noiseFigure(experiment, summaries, samples)}
    ${sampleList(experiment, samples, manifest)}
  </section>`
  return withWhereMeasured(section, manifest.machine, usesNetwork)
}

function head(experiment: Experiment, own: ExperimentSummary, whole: Summary): Markup {
  const { title, id, question, claim } = experiment
  const figure = keyFigureOf(experiment, own)
  const why = whyNot(experiment, own, whole)
  return html`<h3>${title} <code>${id}</code></h3>
    <div class="case">
      <div><p class="question">${question}</p>
        <blockquote><p>${claim.text}</p><footer>— ${claim.source}; in our words</footer></blockquote></div>
      <div class="verdict">${verdictBadge(own.verdict)}${why === '' ? null : html` <span>${why}</span>`}${
        figure === null
          ? null
          : html`<p class="figure-of"><small>${figure.what}</small> <b>${figure.value}</b>${figure.range === '' ? null : html` <small>(${figure.range})</small>`}</p>`
      }</div>
    </div>`
}

/** Not beside predictions, which say more about N than a model with one parameter. */
async function speedupFigure(
  experiment: Experiment,
  summaries: ReadonlyMap<string, CellSummary>,
): Promise<Markup | null> {
  const panels: Markup[] = []
  for (const panel of panelsOf(experiment)) {
    const id = `${experiment.id}-${panel.key}-speedup`
    const speedup = await speedupPanel(id, panel, experiment, summaries)
    if (speedup !== null) panels.push(speedup)
  }
  if (panels.length === 0) return null
  return html`<figure>
    <figcaption><b>Speed-up, measured and predicted.</b> Filled marks: over one replica. Hollow diamonds: over the sequential stack. The line is the model S(N) = N / (1 + (N−1) r), where r is the share of work that every replica repeats, fitted to the filled marks; it is dashed where nothing was measured.</figcaption>
    <div class="panels">${panels}</div>
  </figure>`
}
