/** The raw samples of an experiment, cell by cell, folded away; each links to its log in the run's folder. */

import type { Cell, Experiment } from '../../harness/matrix/experiment.ts'
import { histogramsOf } from '../../harness/measure/combine.ts'
import { formatCount, formatNumber } from '../../harness/measure/format.ts'
import { quantile } from '../../harness/measure/histogram.ts'
import { quantileName } from '../../harness/measure/measure.ts'
import { type Measured, type MeasureName, measureOf } from '../../harness/measure/measures.ts'
import type { Manifest } from '../../harness/result/manifest.ts'
import type { MeasuredSample, Sample } from '../../harness/result/sample.ts'
import { faultsOf, interferenceWith } from '../../harness/result/validity.ts'
import { specificationOf } from '../../harness/workload/workloads.ts'
import { commandFor } from '../again.ts'
import { samplesAnchor } from '../anchors.ts'
import { formatMoment, plural } from '../format.ts'
import { html, type Markup } from '../html.ts'
import { cellLabel, cellsByPanel } from '../labels.ts'

/** The first ones, which cells are compared by; all of them would be a quarter of the page, and are in the file. */
const mostMeasures = 4

export function sampleList(
  experiment: Experiment,
  samples: readonly Sample[],
  run: Pick<Manifest, 'profile' | 'seed'>,
): Markup {
  return html`<h4>Samples</h4>
  <p class="hint">All fields of every sample are in <a href="samples.ndjson"><code>samples.ndjson</code></a>.</p>
  ${cellsByPanel(experiment).map((cell) => cellSamples(experiment, cell, samples, run))}`
}

function cellSamples(
  experiment: Experiment,
  cell: Cell,
  all: readonly Sample[],
  run: Pick<Manifest, 'profile' | 'seed'>,
): Markup {
  const samples = all.filter((sample) => sample.cell === cell.id).sort((a, b) => a.round - b.round)
  const failed = samples.filter((sample) => sample.status === 'failed').length
  const columns = specificationOf(experiment.workload).measures.slice(0, mostMeasures).flatMap(columnsOf)
  return html`<details id="${samplesAnchor(experiment, cell)}">
    <summary>${cellLabel(cell, experiment)} <span class="count">${plural(samples.length, 'sample')}${failed > 0 ? `, ${failed} failed` : ''}</span></summary>
    <p class="hint">Cell <code>${cell.id}</code>, measured by <code>${commandFor(experiment.id, run)}</code></p>
    <div class="scroll" tabindex="0" role="region" aria-label="Samples of ${cell.id}"><table>
      <thead><tr><th scope="col">Round</th><th scope="col">Taken as</th><th scope="col">Started, UTC</th>${columns.map(({ head }) => html`<th scope="col">${head}</th>`)}<th scope="col">Seconds</th><th scope="col">Divergences</th><th scope="col">Log</th></tr></thead>
      <tbody>${samples.map((sample) => sampleRow(sample, columns))}</tbody>
    </table></div>
  </details>`
}

interface Column {
  readonly head: string
  content(measured: Measured): string
}

/** A number for a scalar, one for each quantile of a distribution. */
function columnsOf(name: MeasureName): Column[] {
  const measure = measureOf(name)
  const { title, unit } = measure
  if (measure.kind === 'scalar') {
    const format = measure.combine === 'sum' ? formatCount : formatNumber
    const head = `${title}, ${unit}`
    return [{ head, content: (measured) => format((measured[name] ?? null) as number | null) }]
  }
  return measure.quantiles.map((share) => ({
    head: `${title} ${quantileName(share)}, ${unit}`,
    content: (measured) => {
      const [histogram] = histogramsOf(name, [measured])
      const ticks = histogram === undefined ? null : quantile(histogram, share)
      return formatNumber(ticks === null ? null : ticks / measure.ticksPerUnit)
    },
  }))
}

function sampleRow(sample: Sample, columns: readonly Column[]): Markup {
  // Without end tags, which HTML does not ask for: there are tens of thousands of these.
  const place = html`<td>${sample.round + 1}${sample.attempt > 0 ? ' again' : ''}<td>${sample.order + 1}<td>${formatMoment(sample.startedAt)}`
  const log = html`<td><a href="${encodeURI(sample.log)}">log</a>`
  if (sample.status === 'failed') {
    return html`<tr class="failed">${place}<td colspan="${columns.length + 2}" class="words"><span class="bad">Failed.</span> ${sample.failure.reason} <small>${sample.failure.remedy}</small>${log}`
  }
  const faults = faultsOf(sample)
  const numbers = [
    ...columns.map(({ content }) => content(sample.measures)),
    formatNumber(sample.measuredMicros / 1e6),
    formatCount(sample.divergences),
  ].map((text) => html`<td>${text}`)
  const disturbed = interferenceWith(sample).map((reason) => `Does not count: ${reason}.`)
  const remarks = [...faults.map((fault) => `Void: ${fault}.`), ...disturbed, sample.note].filter(Boolean)
  const words = [pathWords(sample), contextWords(sample)].filter(Boolean).join(' ')
  return html`<tr>${place}${numbers}${log}${
    words === '' ? null : html`<tr><td><td colspan="${columns.length + 5}" class="words">${words}`
  }${
    remarks.length === 0
      ? null
      : html`<tr class="failed"><td><td colspan="${columns.length + 5}" class="words">${remarks.join(' ')}`
  }`
}

/** What the impaired path did: `On the path: out 3293 frames, 31 lost, 3262 delayed; in …`; empty where there was none. */
function pathWords({ path }: MeasuredSample): string {
  if (path === undefined) return ''
  const direction = (name: 'outgoing' | 'incoming', short: string) => {
    const { written, delivered, ...fates } = path[name]
    const said = Object.entries(fates).filter(([, count]) => count > 0)
    const words = said.map(
      ([fate, count]) => `${formatCount(count)} ${fateWords[fate as keyof typeof fates]}`,
    )
    return [`${short} ${plural(written, 'frame')}`, ...words].join(', ')
  }
  return `On the path: ${direction('outgoing', 'out')}; ${direction('incoming', 'in')}.`
}

/** How it was taken, where a factor of the cell says so, and what either end sent again. */
function contextWords({ processors = [], linuxTcp, retransmitsOf, peerStack }: MeasuredSample): string {
  const again = Object.entries(retransmitsOf ?? {}).filter(([, count]) => (count ?? 0) > 0)
  return [
    ...(processors.length === 0 ? [] : [`Threads on processors ${processors.join('; ')}.`]),
    ...(linuxTcp === undefined ? [] : [`Linux sends with ${pairs(linuxTcp)}.`]),
    ...again.map(([end, count]) => `Sent again by the ${end}: ${plural(count ?? 0, 'segment')}.`),
    ...(peerStack === undefined
      ? []
      : [`Of these digests the stack at the other end compared ${formatCount(peerStack.digestsCompared)}.`]),
  ].join(' ')
}

function pairs(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')
}

const fateWords = {
  delayed: 'delayed',
  lost: 'lost',
  duplicated: 'duplicated',
  reordered: 'reordered',
  corrupted: 'corrupted',
  queueDrops: 'dropped before the link',
  refused: 'refused',
} as const
