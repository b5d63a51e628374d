/** What a reader has to know before anything else: what is missing of a run, what disturbed it, which part of it this is. */
import type { Manifest, Shard } from '../../harness/result/manifest.ts'
import { plural } from '../format.ts'
import { html, type Markup } from '../html.ts'

const quickRemark =
  'It shows that everything works. Stacks are measured while their code is still being compiled, which costs several threads more than one: for results, measure without PROFILE=quick.'

/** Null if there is nothing. */
export function noticeBox(manifest: Manifest): Markup | null {
  const { complete, remarks, notices, profile, shard } = manifest
  const parts = [
    ...(complete ? [] : [notice('This run is not complete', remarks)]),
    ...(notices.length === 0 ? [] : [notice('Know this first', notices)]),
    ...(profile === 'quick' ? [notice('This is a quick run', [quickRemark])] : []),
    ...(shard === undefined ? [] : [shardNotice(manifest, shard)]),
  ]
  if (parts.length === 0) return null
  return html`<div class="box notices${complete ? '' : ' bad-box'}" role="note">${parts}</div>`
}

function notice(title: string, sentences: readonly string[]): Markup {
  return html`<p><b>${title}.</b> ${sentences.join(' ')}</p>`
}

function shardNotice({ experiments }: Manifest, { index, count, cells }: Shard): Markup {
  const own = experiments.reduce((sum, experiment) => sum + experiment.cells.length, 0)
  const all = Object.values(cells).reduce((sum, ids) => sum + ids.length, 0)
  return html`<p><b>This is shard ${index} of ${count}.</b> It measured ${own} of ${plural(all, 'cell')}, with all that they are compared with. Its verdicts rest on these cells alone: those of the whole matrix are in the merged run (<code>make merge</code>).</p>`
}
