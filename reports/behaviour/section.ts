/** How chosen cells of an experiment behave, side by side: graphs, what they say, numbers, the peer's view, files. */
import type { Experiment } from '../../harness/matrix/experiment.ts'
import { formatCount, formatNumber } from '../../harness/measure/format.ts'
import type { Behaviour } from '../../harness/result/behaviour.ts'
import type { ShownBehaviour } from '../../harness/result/store.ts'
import { html, type Markup } from '../html.ts'
import { cellLabel } from '../labels.ts'
import { threadColour } from '../palette.ts'
import { graphs, milliseconds } from './graphs.ts'
import { readingOf } from './reading.ts'

/** Null if none was looked at. */
export async function behaviourPart(
  experiment: Experiment,
  behaviours: readonly ShownBehaviour[],
): Promise<Markup | null> {
  const shown = behaviours.flatMap((each) => {
    const cell = experiment.cells.find(({ id }) => id === each.view.cell)
    return each.view.experiment !== experiment.id || cell === undefined
      ? []
      : [{ ...each, label: cellLabel(cell, experiment) }]
  })
  if (shown.length === 0) return null
  const figures: Markup[] = []
  for (const [number, { name, caption, draw }] of graphs.entries()) {
    const panels: Markup[] = []
    for (const { view, label } of shown) {
      const svg = await draw(view, label, `${experiment.id}-${view.cell}-behaviour-${number}`)
      if (svg !== null)
        panels.push(
          html`<div class="panel" data-together="${experiment.id} ${view.cell}"><h6>${label}</h6>${svg}</div>`,
        )
    }
    if (panels.length === 0) continue
    figures.push(html`<figure>
      <figcaption><b>${name}.</b> ${caption}</figcaption>
      <div class="panels">${panels}</div>
    </figure>`)
  }
  return html`<section class="behaviour" aria-labelledby="${experiment.id}-behaviour">
    <h4 id="${experiment.id}-behaviour">How it behaves</h4>
    <p class="question">One exchange of each cell, captured at the stack’s device and recorded. To look at it takes processor time, so it is none of the samples. <span class="with-scripts">Dragging moves a graph, Shift and the wheel zoom, a double click returns; the graphs of one cell move together.</span></p>
    <dl class="readings">${shown.map(({ view, label }) => reading(view, label))}</dl>
    <div class="figures">${figures}</div>
    ${numbers(shown)}
    ${peerTable(shown)}
    <ul class="files">${shown.map(files)}</ul>
  </section>`
}

type Shown = ShownBehaviour & { readonly label: string }

function reading(view: Behaviour, label: string): Markup {
  const keys = view.outside.performers.map(
    ({ thread }) =>
      html`<span class="key"><i style="background:${threadColour(thread, view.threads)}"></i>${view.threads === 1 ? 'the only thread' : `replica ${thread}`}</span> `,
  )
  return html`<div><dt>${label} <small>${keys}</small></dt><dd>${readingOf(view)}</dd></div>`
}

type Row = readonly [name: string, of: (view: Behaviour) => string]

const rows: readonly Row[] = [
  ['Segments with data', ({ outside }) => formatCount(outside.totals.segments)],
  ['Sent again', ({ outside }) => formatCount(outside.totals.retransmissions)],
  ['Out of order where captured', ({ outside }) => formatCount(outside.totals.outOfOrder)],
  ['Reordering extent (RFC 4737)', ({ outside }) => formatCount(outside.reordering.maximumExtent)],
  ['Acknowledgments', ({ outside }) => formatCount(outside.totals.acknowledgments)],
  ['Duplicate acknowledgments', ({ outside }) => formatCount(outside.totals.duplicateAcks)],
  ['DSACK reports', ({ outside }) => formatCount(outside.totals.duplicateSacks)],
  ['Most outstanding, kB', ({ outside }) => formatNumber(outside.totals.greatestOutstanding / 1000)],
  ['Round trip, median', ({ outside }) => milliseconds(outside.totals.medianRoundTripMicros)],
  ['Round trip, 99 %', ({ outside }) => milliseconds(outside.totals.p99RoundTripMicros)],
  ['Requests recorded', ({ inside }) => (inside === null ? '–' : formatCount(inside.requests))],
  [
    'State digests equal when applied again',
    ({ inside }) => (inside === null ? '–' : formatCount(inside.digestsCompared)),
  ],
]

function numbers(shown: readonly Shown[]): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Behaviour in numbers"><table class="facts">
    <caption>Behaviour in numbers, of the capture and of the requests</caption>
    <thead><tr><th scope="col">What</th>${shown.map(({ label }) => html`<th scope="col" class="number">${label}</th>`)}</tr></thead>
    <tbody>${rows.map(
      ([name, of]) =>
        html`<tr><th scope="row">${name}</th>${shown.map(({ view }) => html`<td class="number">${of(view)}</td>`)}</tr>`,
    )}</tbody>
  </table></div>`
}

/** What of `ss -ti` says how the peer saw the path. */
const socketFacts = [
  'cwnd',
  'ssthresh',
  'rtt',
  'minrtt',
  'rcv_rtt',
  'unacked',
  'retrans',
  'lost',
  'sacked',
  'reordering',
  'reord_seen',
  'rcv_ooopack',
  'dsack_dups',
  'segs_in',
  'segs_out',
]

/** Of `nstat`: what tells of losses, reordering and recovery. */
const counterFacts =
  /^(Tcp\.RetransSegs|Tcp\.InErrs|Tcp\.InCsumErrors|TcpExt\.TCP(?!AutoCorking|OrigDataSent|HPAcks|PureAcks|HPHits|Delivered|WantZeroWindowAdv|FromZeroWindowAdv|ToZeroWindowAdv|RcvCoalesce|KeepAlive))/

function peerTable(shown: readonly Shown[]): Markup | null {
  const last = shown.map(({ view }) => view.peer.sockets.at(-1)?.values ?? {})
  const facts = socketFacts.filter((name) => last.some((values) => values[name] !== undefined))
  const counters = [...new Set(shown.flatMap(({ view }) => Object.keys(view.peer.counters)))]
    .filter((name) => counterFacts.test(name))
    .sort()
  if (facts.length + counters.length === 0) return null
  const cell = (value: number | undefined) =>
    html`<td class="number">${value === undefined ? '–' : formatNumber(value)}</td>`
  return html`<details><summary>The peer’s view: <code>ss -ti</code> at its last look, <code>nstat</code> of the exchange</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="The peer’s view"><table class="facts">
    <thead><tr><th scope="col">Name</th>${shown.map(({ label }) => html`<th scope="col" class="number">${label}</th>`)}</tr></thead>
    <tbody>
    ${facts.map((name) => html`<tr><th scope="row"><code>${name}</code></th>${last.map((values) => cell(values[name]))}</tr>`)}
    ${counters.map((name) => html`<tr><th scope="row"><code>${name}</code></th>${shown.map(({ view }) => cell(view.peer.counters[name]))}</tr>`)}
    </tbody></table></div></details>`
}

function files({ folder, view, label }: Shown): Markup {
  const link = (name: string) => html`<a href="${encodeURI(`${folder}/${name}`)}"><code>${name}</code></a>`
  return html`<li>${label}: ${link(view.capture)} (headers, for Wireshark)${
    view.requests === null
      ? null
      : html`, ${link(view.requests)} (<code>make replay LOG=…</code> applies it again)`
  }, ${link('view.json')} (what is drawn here)</li>`
}
