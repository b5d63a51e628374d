/** Renders a run's folder to its `index.html`. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DrawnSections } from '../../reports/render.ts'
import { readRun, reportName } from '../result/store.ts'
import { diskError } from '../runner/run-folder.ts'

/** By folder: a run writes its report after each experiment, which changes little of it. */
const drawn = new Map<string, DrawnSections>()

/** Returns the path of the report. Throws HarnessError if the report cannot be written. */
export async function writeReport(folder: string): Promise<string> {
  // Loaded only here: the code that draws charts would double what the other commands load.
  const { renderReport } = await import('../../reports/render.ts')
  const path = join(folder, reportName)
  const own: DrawnSections = drawn.get(folder) ?? new Map()
  drawn.set(folder, own)
  const page = await renderReport(await readRun(folder), own)
  await writeFile(path, page).catch((error: unknown) => {
    throw diskError(folder, error)
  })
  return path
}
