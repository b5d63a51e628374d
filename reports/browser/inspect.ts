/**
 * Looks at a report as readers do: in a browser without a window, wide and narrow, light and dark, with scripts and
 * without. Takes a picture of each, and finds what a reader would trip over: errors on the console, content that is wider
 * than the window, barriers for those who use a keyboard or a screen reader (axe-core).
 */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, launch, type Page } from 'puppeteer-core'

export interface Way {
  readonly width: number
  readonly height: number
  readonly scheme: 'light' | 'dark'
  readonly scripts: boolean
}

const windows = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
] as const

/** Every way that is looked at. */
export const ways: readonly Way[] = windows.flatMap((window) =>
  (['light', 'dark'] as const).flatMap((scheme) =>
    [true, false].map((scripts) => ({ ...window, scheme, scripts })),
  ),
)

export interface Inspection {
  readonly way: Way
  /** The picture of the first screen. */
  readonly picture: string
  /** From the start of loading until the page is there. */
  readonly loadMillis: number
  /** What is wrong, as whole sentences; empty if nothing is. */
  readonly findings: readonly string[]
}

export interface InspectOptions {
  /** The page's file. */
  readonly page: string
  /** Where pictures go. */
  readonly folder: string
  /** The browser's program. */
  readonly browser: string
  onInspected?(inspection: Inspection): void
}

/** Longest time for a page, in milliseconds. */
const limitMillis = 60_000
/** What axe calls a barrier; less is a matter of taste. */
const barriers = ['serious', 'critical']

export async function inspectPage(options: InspectOptions): Promise<Inspection[]> {
  const browser = await launch({
    executablePath: options.browser,
    // The user of a container is root, whom the sandbox refuses.
    args: ['--no-sandbox', '--disable-gpu', '--hide-scrollbars'],
  })
  try {
    const inspections: Inspection[] = []
    for (const way of ways) {
      const inspection = await inspectOneWay(browser, options, way)
      options.onInspected?.(inspection)
      inspections.push(inspection)
    }
    return inspections
  } finally {
    await browser.close()
  }
}

async function inspectOneWay(
  browser: Browser,
  { page: file, folder }: InspectOptions,
  way: Way,
): Promise<Inspection> {
  const page = await browser.newPage()
  try {
    const findings: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error') findings.push(`The console says: ${message.text()}.`)
    })
    page.on('pageerror', (error) => findings.push(`A script failed: ${String(error)}.`))
    await page.setViewport({ width: way.width, height: way.height })
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: way.scheme }])
    await page.setJavaScriptEnabled(way.scripts)
    const began = performance.now()
    await page.goto(pathToFileURL(file).href, { waitUntil: 'load', timeout: limitMillis })
    const loadMillis = Math.round(performance.now() - began)
    const picture = join(folder, `${nameOf(way)}.png`) as `${string}.png`
    if (way.scripts) await scrollThrough(page)
    await page.screenshot({ path: picture })
    // What looks for barriers is a script.
    await page.setJavaScriptEnabled(true)
    findings.push(...(await overflows(page)), ...(await barriersOn(page)))
    return { way, picture, loadMillis, findings }
  } finally {
    await page.close()
  }
}

function nameOf({ width, scheme, scripts }: Way): string {
  return `${width}-${scheme}${scripts ? '' : '-without-scripts'}`
}

/** So that every chart comes to life, and an error in any of them is seen. Back at the top at the end. */
async function scrollThrough(page: Page): Promise<void> {
  const height = Number(await page.evaluate('document.documentElement.scrollHeight'))
  const step = 2000
  for (let top = 0; top < height; top += step) {
    await page.evaluate(`window.scrollTo(0, ${top})`)
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 60))')
  }
  await page.evaluate('window.scrollTo(0, 0)')
  await page.evaluate('new Promise((resolve) => setTimeout(resolve, 200))')
}

async function overflows(page: Page): Promise<string[]> {
  const beyond = Number(
    await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
  )
  return beyond > 0 ? [`The page is ${beyond} pixels wider than the window.`] : []
}

interface AxeViolation {
  readonly id: string
  readonly impact: string
  readonly help: string
  readonly nodes: readonly { readonly target: readonly string[] }[]
}

async function barriersOn(page: Page): Promise<string[]> {
  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  await page.evaluate(axe)
  const violations = (await page.evaluate(
    'axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations)',
  )) as readonly AxeViolation[]
  return violations
    .filter(({ impact }) => barriers.includes(impact))
    .map(({ id, help, nodes }) => {
      const places = nodes.slice(0, 3).map(({ target }) => target.join(' '))
      return `axe (${id}): ${help}: ${nodes.length} times, for example at ${places.join(', ')}.`
    })
}
