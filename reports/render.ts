/**
 * A run as one HTML page that needs nothing else: no script, no network. Reads the style sheets and the chart
 * specifications beside it. Invariant: the same run gives the same page.
 */
import { readFile } from 'node:fs/promises'
import type { Run } from '../harness/result/store.ts'
import { summarize } from '../harness/result/summary.ts'
import { html, Markup } from './html.ts'
import { colourVariables } from './palette.ts'
import { caveatBox } from './sections/caveats.ts'
import { environmentSection } from './sections/environment.ts'
import { experimentSection } from './sections/experiment.ts'
import { pageHeader } from './sections/header.ts'

/** Sections that were drawn before, by experiment: while a run goes on, most of them are the same each time. */
export type DrawnSections = Map<string, { readonly of: string; readonly section: Markup }>

export async function renderReport(
  { manifest, samples, predictions }: Run,
  drawn: DrawnSections = new Map(),
): Promise<string> {
  const summary = summarize(manifest, samples, predictions)
  const sections: Markup[] = []
  for (const experiment of manifest.experiments) {
    const own = summary.experiments.find(({ id }) => id === experiment.id)
    if (own === undefined) continue
    const its = samples.filter((sample) => sample.experiment === experiment.id)
    const of = JSON.stringify([own, its.length])
    const before = drawn.get(experiment.id)
    const section = before?.of === of ? before.section : await experimentSection(experiment, own, its)
    drawn.set(experiment.id, { of, section })
    sections.push(section)
  }
  const body = html`<main>
    ${pageHeader(manifest, summary)}
    ${caveatBox(manifest, summary)}
    <h2>Experiments</h2>
    ${sections}
    ${environmentSection(manifest)}
  </main>`
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Dominoes: ${manifest.run}</title>
<style>${new Markup(await styleSheet())}</style>
</head>
<body>${body}</body>
</html>
`
  return page.text
}

/** Later sheets override earlier ones. */
const sheets = ['theme', 'page', 'tables', 'print']

async function styleSheet(): Promise<string> {
  const texts = await Promise.all(
    sheets.map((sheet) => readFile(new URL(`style/${sheet}.css`, import.meta.url), 'utf8')),
  )
  return `:root { ${colourVariables('light')} }
@media (prefers-color-scheme: dark) { :root { ${colourVariables('dark')} } }
${texts.join('')}
@media print { :root { ${colourVariables('light')} } }
`
}
