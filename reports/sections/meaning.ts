/** What an experiment came to, in words: two sentences of its verdict, all others folded away, and how to run it alone. */
import type { Experiment } from '../../harness/matrix/experiment.ts'
import type { Manifest } from '../../harness/result/manifest.ts'
import type { ExperimentSummary } from '../../harness/result/summary.ts'
import { commandFor } from '../again.ts'
import { html, type Markup } from '../html.ts'

export function meaning({ reasons }: ExperimentSummary): Markup {
  const [first, last] = telling(reasons)
  const others = reasons.filter((reason) => reason !== first && reason !== last)
  return html`<h4>What it means</h4>
    <p class="meaning">${[first, last].filter(Boolean).join(' ')}</p>
    ${
      others.length === 0
        ? null
        : html`<details><summary>What else the verdict rests on <span class="count">${others.length}</span></summary><ul class="reasons">${others.map((reason) => html`<li>${reason}</li>`)}</ul></details>`
    }`
}

/** The first finding on what is claimed, and what is said last: how far it can be trusted. */
function telling(reasons: readonly string[]): [first: string | undefined, last: string | undefined] {
  const isOnClaim = (reason: string) => !reason.includes('for reference') && !reason.startsWith('sequential')
  const first = reasons.find(isOnClaim) ?? reasons[0]
  const last = reasons.at(-1)
  return [first, last === first ? undefined : last]
}

export function runAlone({ id }: Experiment, run: Pick<Manifest, 'profile' | 'seed'>): Markup {
  return html`<p class="again">To measure it alone, in the same order: <code>${commandFor(id, run)}</code></p>`
}
