/**
 * A run as one HTML page that needs nothing else: no network, and no script; with scripts its charts are alive. Reads the
 * style sheets, the chart specifications and the script beside it. Invariant: the same run gives the same page.
 */
import { readFile } from 'node:fs/promises'
import type { Run } from '../harness/result/store.ts'
import { summarize } from '../harness/result/summary.ts'
import { groupAnchor } from './anchors.ts'
import { inOrder } from './argument/order.ts'
import { contents } from './front/contents.ts'
import { frontScreen } from './front/front.ts'
import { html, Markup } from './html.ts'
import { colourVariables } from './palette.ts'
import { liveCharts } from './script/live-charts.ts'
import { caveatBox } from './sections/caveats.ts'
import { environmentSection } from './sections/environment.ts'
import { experimentSection } from './sections/experiment.ts'

/** Sections that were drawn before, by experiment: while a run goes on, most of them are the same each time. */
export type DrawnSections = Map<string, { readonly of: string; readonly section: Markup }>

export async function renderReport(run: Run, drawn: DrawnSections = new Map()): Promise<string> {
  const { manifest, samples, predictions, behaviours } = run
  const summary = summarize(manifest, samples, predictions)
  const groups = inOrder(manifest.experiments)
  const parts: Markup[] = []
  for (const { name, title, about, experiments } of groups) {
    const sections: Markup[] = []
    for (const experiment of experiments) {
      const own = summary.experiments.find(({ id }) => id === experiment.id)
      if (own === undefined) continue
      const its = samples.filter((sample) => sample.experiment === experiment.id)
      const shown = behaviours.filter(({ view }) => view.experiment === experiment.id)
      const of = JSON.stringify([own, its.length, shown.map(({ view }) => view.takenAt)])
      const before = drawn.get(experiment.id)
      const section =
        before?.of === of
          ? before.section
          : await experimentSection(experiment, own, its, shown, manifest, summary)
      drawn.set(experiment.id, { of, section })
      sections.push(section)
    }
    parts.push(html`<section class="group" aria-labelledby="${groupAnchor(name)}">
      <h2 id="${groupAnchor(name)}">${title}</h2>
      <p class="question">${about}</p>
      ${sections}
    </section>`)
  }
  const body = html`<a class="skip" href="#argument">To the experiments</a>
  ${await frontScreen(manifest, summary)}
  <div class="argument">
    ${contents(groups, summary)}
    <main id="argument">
      ${parts}
      ${environmentSection(manifest)}
      ${caveatBox(manifest, summary)}
    </main>
  </div>`
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Dominoes: ${manifest.run}</title>
<style>${new Markup(await styleSheet())}</style>
</head>
<body>${body}
${await liveCharts(body.charts)}</body>
</html>
`
  return page.text
}

/** Later sheets override earlier ones. */
const sheets = ['theme', 'page', 'tables', 'layout', 'front', 'print']

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
