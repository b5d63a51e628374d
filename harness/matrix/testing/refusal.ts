/** Folders of experiments that have something wrong, and what is said of them. Imported by tests only. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HarnessError } from '../../error.ts'
import { smallDefinition, temporaryFolder } from '../../testing/fixtures.ts'
import { loadExperiments } from '../load.ts'

export async function folderWith(files: Readonly<Record<string, unknown>>): Promise<string> {
  const folder = await temporaryFolder()
  for (const [name, content] of Object.entries(files)) {
    const text =
      typeof content === 'string' ? content : `export const experiment = ${JSON.stringify(content)}\n`
    await writeFile(join(folder, name), text)
  }
  return folder
}

export async function refusal(files: Readonly<Record<string, unknown>>): Promise<HarnessError> {
  const error = await loadExperiments(await folderWith(files)).catch((thrown: unknown) => thrown)
  if (error instanceof HarnessError) return error
  throw new Error(`expected a HarnessError, got ${String(error)}`)
}

/** The small experiment, changed, as the only file. */
export const changed = (changes: object) => ({ 'small.ts': { ...smallDefinition, ...changes } })
