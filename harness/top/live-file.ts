/**
 * How `make top` gets the counters of a stack that runs in a container: the stack's process writes them, a few times a
 * second, to a small file in the directory that it shares with this machine. Its application thread reads them from
 * shared memory, so they cost the threads that run the protocol no time. A file that is not written any more belongs to
 * a stack that stands still or has ended; its age tells, so it need not be removed.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { StackCounters } from '../../stack/index.ts'

export const writeMillis = 250
/** Older than this, a file says nothing about now. */
export const freshMillis = 1500

const prefix = 'live-'
const version = 1

export interface LiveSnapshot {
  readonly version: typeof version
  /** Milliseconds since 1970. */
  readonly at: number
  /** Inside its container. */
  readonly pid: number
  /** What this stack is, for people. */
  readonly title: string
  readonly counters: StackCounters
}

export function liveFileName(pid: number): string {
  return `${prefix}${pid}.json`
}

export function makeSnapshot(title: string, counters: StackCounters): LiveSnapshot {
  return { version, at: Date.now(), pid: process.pid, title, counters }
}

/** The newest snapshot in these directories that is still fresh. */
export async function newestSnapshot(
  directories: readonly string[],
  now = Date.now(),
): Promise<LiveSnapshot | undefined> {
  const all = (await Promise.all(directories.map(snapshotsIn))).flat()
  return all
    .filter(({ at }) => now - at <= freshMillis)
    .reduce<LiveSnapshot | undefined>(
      (newest, each) => (newest === undefined || each.at > newest.at ? each : newest),
      undefined,
    )
}

async function snapshotsIn(directory: string): Promise<LiveSnapshot[]> {
  // Directories come and go with runs.
  const names = await readdir(directory).catch(() => [])
  const files = names.filter((name) => name.startsWith(prefix) && name.endsWith('.json'))
  const snapshots = await Promise.all(files.map((name) => readSnapshot(join(directory, name))))
  return snapshots.filter((each) => each !== undefined)
}

/** Undefined for what this version did not write. */
async function readSnapshot(path: string): Promise<LiveSnapshot | undefined> {
  try {
    const snapshot = JSON.parse(await readFile(path, 'utf8')) as LiveSnapshot
    return snapshot.version === version ? snapshot : undefined
  } catch {
    return undefined
  }
}
