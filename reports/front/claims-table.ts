/** Every claim that the run tests: whose it is, what was measured, the verdict and why, and where it is shown. */
import type { Experiment } from '../../harness/matrix/experiment.ts'
import type { ExperimentSummary, Summary } from '../../harness/result/summary.ts'
import { experimentAnchor } from '../anchors.ts'
import type { Claim } from '../argument/claims.ts'
import { combineVerdicts, whyNotOf } from '../argument/combined-verdict.ts'
import { gainOver, type KeyFigure, keyFigureOf } from '../argument/key-figure.ts'
import { claimsOf } from '../argument/order.ts'
import { html, type Markup } from '../html.ts'
import { verdictBadge, verdictSign } from '../sections/verdict-badge.ts'

/** An experiment with what it came to. */
interface Shown {
  readonly experiment: Experiment
  readonly summary: ExperimentSummary
}

const headings = {
  abstract: 'Claimed by the dissertation’s abstract',
  matrix: 'Added by this matrix',
} as const

export function claimsTable(experiments: readonly Experiment[], summary: Summary): Markup {
  const claims = claimsOf(experiments)
  const bodies = (['abstract', 'matrix'] as const).map((by) => {
    const own = claims.filter((claim) => claim.by === by)
    if (own.length === 0) return null
    return html`<tbody><tr class="group"><th colspan="3" scope="rowgroup">${headings[by]}</th></tr>
      ${own.map((claim) => row(claim, experiments, summary))}</tbody>`
  })
  return html`<section class="answer claims" aria-labelledby="claims">
    <h2 id="claims">Claims</h2>
    <table class="claims-table">
      <thead><tr><th scope="col">Claim</th><th scope="col">Measured here</th><th scope="col">Verdict</th></tr></thead>
      ${bodies}
    </table>
    <p class="hint">Claims in our words; experiments and numbers are ours. Measured: from the least median to the largest, and in brackets the ends of their intervals.</p>
  </section>`
}

function row(claim: Claim, experiments: readonly Experiment[], summary: Summary): Markup {
  const shown = claim.experiments.flatMap((id): Shown[] => {
    const experiment = experiments.find((each) => each.id === id)
    const own = summary.experiments.find((each) => each.id === id)
    return experiment === undefined || own === undefined ? [] : [{ experiment, summary: own }]
  })
  const verdict = combineVerdicts(shown.map((each) => each.summary.verdict))
  const why = whyNotOf(
    shown.map((each) => each.experiment),
    shown.map((each) => each.summary),
    summary,
  )
  const links = shown.map(
    (each, index) =>
      html`${index === 0 ? null : ', '}${verdictSign(each.summary.verdict)}&nbsp;<a href="#${experimentAnchor(each.experiment)}">${each.experiment.id}</a>`,
  )
  return html`<tr>
    <th scope="row">${claim.text}${claim.reading === undefined ? null : html` <i>${claim.reading}</i>`}</th>
    <td>${measured(figureOf(claim, shown))}</td>
    <td>${verdictBadge(verdict)}${why === '' ? null : html` <small>${why}</small>`} <small class="shown">${links}</small></td>
  </tr>`
}

/** Gains are summed up over all experiments of a claim; of other rules that of the first one that measured anything. */
function figureOf(claim: Claim, shown: readonly Shown[]): KeyFigure | null {
  if (shown.every(({ experiment }) => experiment.verdict.kind === 'speedup-range')) {
    return gainOver(
      shown.map(({ summary }) => summary),
      claim,
    )
  }
  for (const { experiment, summary } of shown) {
    const figure = keyFigureOf(experiment, summary)
    if (figure !== null) return figure
  }
  return null
}

function measured(figure: KeyFigure | null): Markup {
  if (figure === null) return html`<small>nothing measured</small>`
  const { what, value, range } = figure
  return html`<small>${what}</small> <b>${value}</b>${range === '' ? null : html` <small>(${range})</small>`}`
}
