/** The head of the page: what was claimed, what was measured, what came out, and what to keep in mind. */

import { isStack } from '../../harness/matrix/peer.ts'
import { supportedCells } from '../../harness/matrix/unsupported.ts'
import type { Manifest, Shard } from '../../harness/result/manifest.ts'
import type { ExperimentSummary, Summary } from '../../harness/result/summary.ts'
import { specificationOf } from '../../harness/workload/workloads.ts'
import { formatTime, plural } from '../format.ts'
import { html, type Markup } from '../html.ts'
import { verdictBadge } from './verdict-badge.ts'

export function pageHeader(manifest: Manifest, summary: Summary): Markup {
  const claims = new Map(
    manifest.experiments.map((experiment) => [experiment.claim.text, experiment.claim.source]),
  )
  return html`<header>
    <h1>Dominoes <span>run ${manifest.run}</span></h1>
    ${[...claims].map(
      ([text, source]) =>
        html`<blockquote><p>${text}</p><footer>— ${source}; in our words</footer></blockquote>`,
    )}
    <p class="lead">${measuredSentence(manifest, summary)}</p>
    ${manifest.complete ? null : incompleteBox(manifest)}
    ${manifest.notices.length === 0 ? null : noticeBox(manifest)}
    ${manifest.shard === undefined ? null : shardBox(manifest, manifest.shard)}
    <nav aria-label="Experiments"><ul class="verdicts">${summary.experiments.map((experiment) => verdictLine(manifest, experiment))}</ul></nav>
  </header>`
}

function measuredSentence(manifest: Manifest, summary: Summary): string {
  const samples = summary.experiments
    .flatMap((experiment) => experiment.cells)
    .reduce((sum, cell) => sum + cell.samples, 0)
  const cells = manifest.experiments.reduce((sum, experiment) => sum + supportedCells(experiment).length, 0)
  const { cores, cpuModel } = manifest.machine
  return `Measured here: ${plural(manifest.experiments.length, 'experiment')}, ${plural(cells, 'cell')}, ${plural(samples, 'sound sample')} in interleaved rounds (profile ${manifest.profile}), ${peersOf(manifest)}on ${plural(cores, 'core')} (${cpuModel}), ${formatTime(manifest.startedAt)}.`
}

/** Empty where no network was involved. */
function peersOf(manifest: Manifest): string {
  const networked = manifest.experiments.filter(({ workload }) => specificationOf(workload).usesNetwork)
  if (networked.length === 0) return ''
  const cells = networked.flatMap((experiment) => experiment.cells.map(({ factors }) => factors))
  const most = Math.max(...cells.map(({ connections = 1 }) => connections))
  const other = cells.some(({ peer }) => isStack(peer)) ? ' or another stack' : ''
  return `${most === 1 ? 'one flow' : `up to ${most} flows`} against an unmodified Linux peer${other}, `
}

function verdictLine(manifest: Manifest, summary: ExperimentSummary): Markup {
  const experiment = manifest.experiments.find(({ id }) => id === summary.id)
  return html`<li>${verdictBadge(summary.verdict)} <a href="#${summary.id}">${experiment?.title ?? summary.id}</a></li>`
}

function noticeBox(manifest: Manifest): Markup {
  return html`<div class="box" role="note"><h2>Know this first</h2><ul>${manifest.notices.map((notice) => html`<li>${notice}</li>`)}</ul></div>`
}

function incompleteBox(manifest: Manifest): Markup {
  return html`<div class="box bad-box" role="note"><h2>This run is not complete</h2><ul>${manifest.remarks.map((remark) => html`<li>${remark}</li>`)}</ul></div>`
}

function shardBox({ experiments }: Manifest, { index, count, cells }: Shard): Markup {
  const own = experiments.reduce((sum, experiment) => sum + experiment.cells.length, 0)
  const all = Object.values(cells).reduce((sum, ids) => sum + ids.length, 0)
  return html`<div class="box" role="note"><h2>This is shard ${index} of ${count}</h2><p>It measured ${own} of ${plural(all, 'cell')}, with all that they are compared with. Its verdicts rest on these cells alone: those of the whole matrix are in the merged run (<code>make merge</code>).</p></div>`
}
