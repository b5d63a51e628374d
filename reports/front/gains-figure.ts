/** The headline figure: the gain over the sequential stack of every type of communication, over the published range. */
import type { Machine } from '../../harness/result/manifest.ts'
import type { Interval } from '../../harness/statistics/interval.ts'
import type { Verdict } from '../../harness/verdict/judgement.ts'
import { publishedGain } from '../argument/claims.ts'
import { usualWork } from '../argument/communication.ts'
import type { Gain, Type } from '../argument/gains.ts'
import { type Outcome, outcomeOf, verdictOn } from '../argument/outcome.ts'
import { drawChart } from '../chart.ts'
import { between, formatGain, plural } from '../format.ts'
import { html, type Markup } from '../html.ts'
import { colourOf, looks } from '../palette.ts'
import { marks } from '../sections/verdict-badge.ts'
import { whereMeasured } from '../sections/where-measured.ts'
import { gainsTable } from './gains-table.ts'

/** Drawn for wide and for narrow pages; the style sheet shows one. */
const widths = { wide: 240, narrow: 165 } as const

interface Row {
  readonly type: Type
  readonly gain: Gain
  readonly others: readonly Gain[]
}

/** Null if nothing was measured beside the sequential stack. */
export async function gainsFigure(types: readonly Type[], machine: Machine): Promise<Markup | null> {
  const rows = types.flatMap((type): Row[] => {
    const [gain, ...others] = type.by.get('replicated')?.all ?? []
    return gain === undefined ? [] : [{ type, gain, others }]
  })
  if (rows.every(({ gain }) => gain.interval === null)) return null
  const draw = (size: keyof typeof widths) =>
    drawChart('gains', `gains-${size}`, {
      title: 'Gain over the sequential stack by type of communication',
      description: rows.map(describe).join('; '),
      datasets: datasets(rows),
      width: widths[size],
    })
  return html`<section class="answer headline" aria-labelledby="gains">
    <h2 id="gains">Gain by type of communication</h2>
    <figure>
      <figcaption>Throughput of two replicas or more. <span class="key"><span class="mark replicated"></span>measured</span> <span class="key long"><span class="mark hollow"></span>predicted, with a processor for each thread</span> <span class="key"><span class="mark band"></span>published, ${between(publishedGain.low, publishedGain.high, formatGain)}</span> At the right: ${signs.map(([verdict, words], index) => html`${index === 0 ? null : ', '}${marks[verdict].sign} ${words}`)}. Small dots: other sizes, paths and configurations; ${usualWork} where no other payload work is named. ${whereMeasured(machine, true)}</figcaption>
      <div class="when-wide">${await draw('wide')}</div>
      <div class="when-narrow">${await draw('narrow')}</div>
    </figure>
    ${gainsTable(types, outcomeList(rows))}
  </section>`
}

function datasets(rows: readonly Row[]) {
  const look = { colour: colourOf('replicated'), shape: looks.replicated.shape }
  const named = (type: Type, interval: Interval | null) =>
    interval === null ? [] : [{ type: type.title, ...interval, ...look }]
  return {
    band: [{ ...publishedGain, colour: 'var(--good)' }],
    // So that a type without a measurement has its row, too.
    types: rows.map(({ type }) => ({ type: type.title, colour: 'var(--grid)' })),
    outcomes: rows.map(({ type, gain, others }) => {
      const { sign, colour } = marks[verdictOn([gain, ...others])]
      return { type: type.title, sign, colour }
    }),
    others: rows.flatMap(({ type, others }) => others.flatMap(({ interval }) => named(type, interval))),
    predicted: rows.flatMap(({ type }) => named(type, type.predicted?.speedup ?? null)),
    measured: rows.flatMap(({ type, gain }) => named(type, gain.interval)),
  }
}

function describe({ type, gain }: Row): string {
  const predicted =
    type.predicted === null
      ? ''
      : `, predicted ${formatGain(type.predicted.speedup.median)} with ${plural(type.predicted.replicas ?? 1, 'replica')}`
  if (gain.interval === null) return `${type.title}: not measured${predicted}`
  const { median, low, high } = gain.interval
  return `${type.title}: ${formatGain(median)}, ${formatGain(low)} to ${formatGain(high)}${predicted}`
}

/** What the marks of verdicts say of a type. */
const signs: readonly (readonly [Verdict, string])[] = [
  ['reproduced', `at least ${formatGain(publishedGain.low)}`],
  ['partly', 'in part'],
  ['not reproduced', 'below'],
  ['cannot tell here', 'cannot be told'],
]

const headings: readonly (readonly [Outcome, string])[] = [
  ['as claimed', `At least ${formatGain(publishedGain.low)}`],
  ['less', `Certainly below ${formatGain(publishedGain.low)}`],
  ['slower', 'Slower than one thread'],
  ['unclear', 'Cannot be told'],
]

/** Which types say what: each with how many of its kinds do, if not all. */
function outcomeList(rows: readonly Row[]): Markup {
  const items = headings.flatMap(([outcome, heading]) => {
    const types = rows.flatMap(({ type, gain, others }) => {
      const all = [gain, ...others]
      const count = all.filter((each) => outcomeOf(each) === outcome).length
      if (count === 0) return []
      return [count === all.length ? type.title : `${type.title} (${count} of ${all.length})`]
    })
    return types.length === 0 ? [] : [html`<div><dt>${heading}</dt><dd>${types.join('; ')}</dd></div>`]
  })
  return html`<dl class="outcomes">${items}</dl>`
}
