/**
 * The files that both ends of a transfer compare with, in the directory that all containers share: the pattern, and
 * the encrypted stream, which is made again only for a transfer that needs a longer one.
 */
import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, HarnessError } from '../error.ts'
import { paths } from '../topology/node.ts'
import { encryptedStream, makePattern } from './stream-pattern.ts'

const patternName = 'pattern'
const encryptedName = 'encrypted'

/** Where containers find the pattern. */
export const patternPath = `${paths.shared}/${patternName}`

/** The expected content on the wire under a payload work: the pattern itself, or a file with the encrypted stream. */
export async function travellingContent(
  directory: string,
  payloadWork: string | undefined,
  bytes: number,
): Promise<{ pattern: string } | { file: string }> {
  await ensure(join(directory, patternName), 1, makePattern)
  if (payloadWork !== 'cipher') return { pattern: patternPath }
  await ensure(join(directory, encryptedName), bytes, () => encryptedStream(makePattern(), bytes))
  return { file: `${paths.shared}/${encryptedName}` }
}

/** Writes the file unless one of at least `bytes` is there. */
async function ensure(path: string, bytes: number, make: () => Uint8Array): Promise<void> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  )
  if (size >= bytes) return
  try {
    await writeFile(path, make())
  } catch (error) {
    if (codeOf(error) !== 'ENOSPC') throw error
    throw new HarnessError(
      `There is no room for ${path}.`,
      'Free some space there, or set TMPDIR to a larger disk.',
      error,
    )
  }
}
