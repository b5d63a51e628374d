/** `screenshots`: pictures of a run's report as readers see it; fails if one of them would trip over something. */
import { accessSync, constants } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { Command } from 'commander'
import pc from 'picocolors'
import { HarnessError } from '../../error.ts'
import { latestRun, readRun, reportName } from '../../result/store.ts'
import { reportsFolder } from '../paths.ts'
import { writeReport } from '../write-report.ts'
import { folderOf } from './merge.ts'

/** In the run's folder. */
const picturesName = 'pictures'
/** In the order in which they are looked for. */
const browsers = ['chromium', 'chromium-browser', 'google-chrome']
/** A page that is larger takes too long to open, or to send. */
const mostPageBytes = 5_000_000
const mostLoadMillis = 2000

export function screenshotsCommand(): Command {
  return new Command('screenshots')
    .description('take pictures of a report, and look for what a reader would trip over')
    .argument('[run]', 'its folder, or its name in reports/runs; the latest if absent')
    .action(async (run: string | undefined) => {
      const browser = findBrowser()
      const { folder } =
        run === undefined ? await latestRun(reportsFolder) : await readRun(folderOf(run, reportsFolder))
      await writeReport(folder)
      await look(folder, browser)
    })
}

async function look(folder: string, browser: string): Promise<void> {
  const { inspectPage } = await import('../../../reports/browser/inspect.ts')
  const page = join(folder, reportName)
  const pictures = join(folder, picturesName)
  await mkdir(pictures, { recursive: true })
  const { size } = await stat(page)
  process.stdout.write(`Page: ${(size / 1e6).toFixed(2)} MB\n`)
  const found: string[] = size > mostPageBytes ? [`The page has more than ${mostPageBytes / 1e6} MB.`] : []
  await inspectPage({
    page,
    folder: pictures,
    browser,
    onInspected: ({ way, picture, loadMillis, findings }) => {
      const { width, scheme, scripts } = way
      const own = [...findings, ...(loadMillis > mostLoadMillis ? [`It took ${loadMillis} ms to open.`] : [])]
      found.push(...own)
      const state = own.length === 0 ? pc.green('nothing found') : pc.red(`${own.length} found`)
      process.stdout.write(
        `${width} pixels, ${scheme}, ${scripts ? 'with' : 'without'} scripts: opened in ${loadMillis} ms, ${state}: ${picture}\n`,
      )
      for (const finding of own) process.stdout.write(`  ${finding}\n`)
    },
  })
  if (found.length > 0) process.exitCode = 1
}

/** The path of a browser. `CHROMIUM` names one that is elsewhere. Throws HarnessError if there is none. */
function findBrowser(): string {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const candidates = [
    ...(process.env.CHROMIUM === undefined ? [] : [process.env.CHROMIUM]),
    ...browsers.flatMap((name) => folders.map((folder) => join(folder, name))),
  ]
  const found = candidates.find(isExecutable)
  if (found !== undefined) return found
  throw new HarnessError(
    `No browser is there: none of ${browsers.join(', ')} is on the path.`,
    'Install one (Debian: apt-get install chromium), or name its program in CHROMIUM.',
  )
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
