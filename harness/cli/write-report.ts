/** Renders a run's folder to its `index.html`. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { renderReport } from '../../reports/render.ts'
import { readRun, reportName } from '../result/store.ts'

/** Answers the path of the report. */
export async function writeReport(folder: string): Promise<string> {
  const path = join(folder, reportName)
  await writeFile(path, await renderReport(await readRun(folder)))
  return path
}
