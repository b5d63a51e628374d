/** The data of the headline figure as a table, folded away: every kind of communication with its interval. */
import { experimentAnchor, samplesAnchor } from '../anchors.ts'
import type { Gain, Type } from '../argument/gains.ts'
import { type Outcome, outcomeOf } from '../argument/outcome.ts'
import { formatGain, plural } from '../format.ts'
import { html, type Markup } from '../html.ts'
import { cellLabel } from '../labels.ts'

const words: Readonly<Record<Outcome, string>> = {
  'as claimed': 'as claimed',
  less: 'below',
  slower: 'slower',
  unclear: 'cannot be told',
}

/** `outcomes`: the same in words. */
export function gainsTable(types: readonly Type[], outcomes: Markup): Markup {
  const groups = types.flatMap((type) => {
    const gains = type.by.get('replicated')?.all ?? []
    return gains.length === 0 ? [] : [{ type, gains }]
  })
  const heads = ['Gain', 'Interval', 'Rounds', 'Says', 'Experiment'].map(
    (head) => html`<th scope="col">${head}</th>`,
  )
  return html`<details>
    <summary>All kinds of communication, as a table <span class="count">${groups.reduce((sum, { gains }) => sum + gains.length, 0)}</span></summary>
    ${outcomes}
    <div class="scroll" tabindex="0" role="region" aria-label="Gains by kind of communication"><table>
      <thead><tr><th scope="col">Kind</th>${heads}</tr></thead>
      ${groups.map(
        ({
          type,
          gains,
        }) => html`<tbody><tr class="group"><th colspan="${heads.length + 1}" scope="rowgroup">${type.title}${predictedWords(type)}</th></tr>
        ${gains.map(row)}</tbody>`,
      )}
    </table></div>
  </details>`
}

function row(gain: Gain): Markup {
  const { experiment, cell, interval, rounds } = gain
  const range =
    interval === null || rounds < 2 ? '' : `${formatGain(interval.low)} … ${formatGain(interval.high)}`
  return html`<tr><th scope="row"><a href="#${samplesAnchor(experiment, cell)}">${cellLabel(cell, experiment)}</a></th><td><b>${interval === null ? 'not measured' : formatGain(interval.median)}</b></td><td>${range}</td><td>${rounds}</td><td>${words[outcomeOf(gain)]}</td><td><a href="#${experimentAnchor(experiment)}">${experiment.id}</a></td></tr>`
}

function predictedWords({ predicted }: Type): string {
  if (predicted === null) return ''
  const { median, low, high } = predicted.speedup
  return ` – predicted with a processor for each thread: ${formatGain(median)} (${formatGain(low)} … ${formatGain(high)}) at ${plural(predicted.replicas ?? 1, 'replica')}`
}
