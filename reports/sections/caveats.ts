/** What a reader has to keep in mind, derived from the run itself. */
import { isMixed, type Manifest } from '../../harness/result/manifest.ts'
import type { Summary } from '../../harness/result/summary.ts'
import { plural } from '../format.ts'
import { html, type Markup } from '../html.ts'

export function caveatBox(manifest: Manifest, summary: Summary): Markup {
  return html`<aside class="box" aria-labelledby="caveats"><h2 id="caveats">Limits: read this with care</h2><ul>${caveats(manifest, summary).map((caveat) => html`<li>${caveat}</li>`)}</ul></aside>`
}

export function caveats(manifest: Manifest, summary: Summary): string[] {
  const { cores } = manifest.machine
  const cells = summary.experiments
    .flatMap((experiment) => experiment.cells)
    .filter(({ unsupported }) => unsupported === null)
  const most = Math.max(0, ...cells.map((cell) => cell.factors.replicas ?? 0))
  const fewest = Math.min(...cells.filter((cell) => cell.samples > 0).map((cell) => cell.samples))
  const list = [
    'This is a reproduction of the approach. Only the abstract of the dissertation is public: code, machine, workloads and the matrix of experiments are ours.',
    'Measured means timed here. Lines of the model are predictions from a single fitted number, and dashed where nothing was measured.',
  ]
  if (summary.experiments.some(({ predictions }) => predictions !== null)) {
    list.push(
      'Predicted by the virtual cores means: the same code in virtual time, at the costs that were measured in this run. They know no limit of memory bandwidth or shared caches, and take what two processors cost each other for any number.',
    )
  }
  if (most + 1 > cores) {
    list.push(
      `The machine has ${plural(cores, 'core')}, and the peer runs on the same ones: with ${cores} or more replicas, stack and peer compete for processors, which understates what replication gains.`,
    )
  }
  if (most > cores)
    list.push(`More replicas (${most}) than cores (${cores}) were run: their numbers show oversubscription.`)
  if (fewest < 6) {
    const coverage = Math.min(...cells.filter((cell) => cell.samples > 0).map((cell) => cell.coverage))
    list.push(
      fewest === 1
        ? 'With one round there is no interval: nothing shows how large the noise is.'
        : `With ${plural(fewest, 'round')} an interval is the range of the samples, and holds the true median with a probability of ${Math.round(100 * coverage)} %, not 95 %.`,
    )
  } else {
    list.push(
      'Intervals are 95 % confidence intervals of the median, from order statistics; a ratio is taken within each round first.',
    )
  }
  if (isMixed(manifest))
    list.push(
      'Parts of this run were measured on unlike machines. Every ratio is of cells of one machine; rates of different groups of cells are not comparable. What was measured where is at the end of the page.',
    )
  if (manifest.source.dirty)
    list.push('The source had changes that were not committed: this exact code cannot be checked out again.')
  return list
}
