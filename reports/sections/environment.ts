/**
 * Where and how it was measured: machine, versions, kernel settings. Commands and definitions are in the manifest: a run has
 * thousands, and a page that holds them is too large to open quickly.
 */
import { formatCount, unknown } from '../../harness/measure/format.ts'
import type { Manifest, MergedShard } from '../../harness/result/manifest.ts'
import { formatMemory, formatTime, plural } from '../format.ts'
import { html, type Markup } from '../html.ts'

export function environmentSection(manifest: Manifest): Markup {
  const { machine, source } = manifest
  const commit =
    source.commit === null ? unknown : `${source.commit}${source.dirty ? ', with uncommitted changes' : ''}`
  return html`<section id="environment">
    <h2>Where and how</h2>
    ${definitions([
      ['Processor', `${machine.cpuModel}, ${machine.cores} cores, ${machine.architecture}`],
      ['Memory', formatMemory(machine.memoryBytes)],
      ['Kernel', machine.kernel],
      ['Node', machine.nodeVersion],
      ['Docker', machine.dockerVersion ?? 'not running'],
      ['Source', commit],
      ['Started, ended', `${formatTime(manifest.startedAt)}, ${formatTime(manifest.endedAt)}`],
      ...(manifest.resumedAt.length === 0
        ? []
        : [['Interrupted, and gone on with', manifest.resumedAt.map(formatTime).join(', ')] as const]),
      ['Seed', `${manifest.seed} (orders the cells of each round; repeat with --seed)`],
    ])}
    ${manifest.mergedFrom === undefined ? null : mergedFrom(manifest.mergedFrom)}
    ${Object.entries(manifest.topologies).map(
      ([topology, { drawing, ...facts }]) =>
        html`<details><summary>Topology <code>${topology}</code>, its peer <span class="count">${plural(Object.keys(facts).length, 'setting')}</span></summary>${drawing === undefined ? null : html`<div class="scroll" tabindex="0" role="region" aria-label="Topology ${topology}"><pre>${drawing}</pre></div>`}${definitions(Object.entries(facts))}</details>`,
    )}
    <p class="hint">As data: <a href="manifest.json"><code>manifest.json</code></a> with the definitions of all experiments, as resolved, and with every command that was run (${formatCount(manifest.commands.length)}, in order); <a href="samples.ndjson"><code>samples.ndjson</code></a>; <a href="logs/"><code>logs/</code></a>.</p>
  </section>`
}

function definitions(entries: readonly (readonly [string, string])[]): Markup {
  return html`<dl>${entries.map(([term, text]) => html`<div><dt>${term}</dt><dd>${text}</dd></div>`)}</dl>`
}

/** Each shard with its machine and its cells. */
function mergedFrom(shards: readonly MergedShard[]): Markup {
  return html`<h3>Merged from ${plural(shards.length, 'shard')}</h3>
    ${shards.map(({ index, run, startedAt, endedAt, machine, cells }) => {
      const { cpuModel, cores, memoryBytes, kernel, nodeVersion } = machine
      return html`<details><summary>Shard ${index}: run ${run}, ${cpuModel}, ${plural(cores, 'core')}</summary>${definitions(
        [
          ['Started, ended', `${formatTime(startedAt)}, ${formatTime(endedAt)}`],
          ['Memory', formatMemory(memoryBytes)],
          ['Kernel, Node', `${kernel}, ${nodeVersion}`],
          ...Object.entries(cells).map(([experiment, ids]) => [experiment, ids.join(', ')] as const),
        ],
      )}</details>`
    })}`
}
