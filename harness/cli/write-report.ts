/** Renders a run's folder to its `index.html`. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readRun, reportName } from '../result/store.ts'
import { diskError } from '../runner/run-folder.ts'

/** Returns the path of the report. Throws HarnessError if the report cannot be written. */
export async function writeReport(folder: string): Promise<string> {
  // Loaded only here: the code that draws charts would double what the other commands load.
  const { renderReport } = await import('../../reports/render.ts')
  const path = join(folder, reportName)
  const page = await renderReport(await readRun(folder))
  await writeFile(path, page).catch((error: unknown) => {
    throw diskError(folder, error)
  })
  return path
}
