/**
 * What a page needs so that its charts are alive: Vega from its package, the specifications of all charts, and a script
 * that puts one in the place of a picture when a reader comes near. Vega and the specifications are compressed: together
 * they would be larger than the page.
 */
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { html, type LiveChart, Markup } from '../html.ts'

/** What `charts.js` finds after it has unpacked it. */
interface Packed {
  /** The source of Vega. */
  readonly vega: string
  /** Specifications by the id of their pictures. */
  readonly charts: Readonly<Record<string, object>>
}

/** Nothing if there is no chart. */
export async function liveCharts(charts: readonly LiveChart[]): Promise<Markup> {
  if (charts.length === 0) return html``
  const packed: Packed = {
    vega: await vegaSource(),
    charts: Object.fromEntries(charts.map(({ id, spec }) => [id, spec])),
  }
  const bytes = await promisify(gzip)(JSON.stringify(packed, rounded), { level: 9 })
  const script = await readFile(new URL('charts.js', import.meta.url), 'utf8')
  return html`<script type="text/plain" id="live-charts">${new Markup(bytes.toString('base64'))}</script>
<script>${new Markup(script)}</script>
`
}

/** Nine digits tell microseconds in a quarter of an hour; more are noise, and what does not compress. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(9)) : value
}

/** The build for browsers, which the package has beside its modules. */
async function vegaSource(): Promise<string> {
  const module = fileURLToPath(import.meta.resolve('vega'))
  return await readFile(join(dirname(module), 'vega.min.js'), 'utf8')
}
