/**
 * The first screen: does the claim hold here, by how much, how sure is that, for which types of communication, and what
 * could not be told. All of it follows from the run.
 */
import { isStack } from '../../harness/matrix/peer.ts'
import { supportedCells } from '../../harness/matrix/unsupported.ts'
import type { Manifest } from '../../harness/result/manifest.ts'
import type { Summary } from '../../harness/result/summary.ts'
import { specificationOf } from '../../harness/workload/workloads.ts'
import { typesOf } from '../argument/gains.ts'
import { assuranceOf, resultOf } from '../argument/sentence.ts'
import { formatTime, plural } from '../format.ts'
import { html, type Markup } from '../html.ts'
import { claimsTable } from './claims-table.ts'
import { gainsFigure } from './gains-figure.ts'
import { noticeBox } from './notices.ts'
import { strategyMatrix } from './strategy-matrix.ts'

export async function frontScreen(manifest: Manifest, summary: Summary): Promise<Markup> {
  const { experiments, machine } = manifest
  const types = typesOf(experiments, summary)
  const { opening, rest } = resultOf(manifest, summary, types)
  return html`<header class="front" id="top">
    <h1>Dominoes <span>run ${manifest.run}</span></h1>
    ${noticeBox(manifest)}
    <p class="result"><strong>${opening}</strong>${rest}</p>
    <p class="assurance">${assuranceOf(manifest, types)}</p>
    <div class="answers">
      ${claimsTable(experiments, summary)}
      ${await gainsFigure(types, machine)}
      ${strategyMatrix(types, machine)}
    </div>
    <p class="assurance">${measuredSentence(manifest, summary)}</p>
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
