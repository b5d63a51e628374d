/** The stack's end of `make top`: mirrors a stack's counters into a file. See `live-file.ts`. */
import { existsSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Stack } from '../../stack/index.ts'
import { liveFileName, makeSnapshot, writeMillis } from './live-file.ts'

/** What a container shares with this machine: `paths.shared` of every node. */
export const sharedFolder = '/shared'

/**
 * Starts mirroring, for as long as this process lives; the timer does not keep the process alive. Does nothing if the
 * folder does not exist. `title` says what the stack is, for people.
 */
export function mirrorCounters(
  stack: Pick<Stack, 'counters'>,
  title: string,
  folder = sharedFolder,
): NodeJS.Timeout | undefined {
  if (!existsSync(folder)) return undefined
  const path = join(folder, liveFileName(process.pid))
  const timer = setInterval(() => {
    try {
      writeFileSync(`${path}.new`, JSON.stringify(makeSnapshot(title, stack.counters())))
      // A reader sees the old file or the new one, never half of one.
      renameSync(`${path}.new`, path)
    } catch {
      // If the file cannot be written (the disk is full), mirroring ends and the measurement goes on.
      clearInterval(timer)
    }
  }, writeMillis)
  return timer.unref()
}
