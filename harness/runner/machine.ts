/** Describes where a run takes place: the machine and the state of the source. Reads only; starts git and docker. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { arch, availableParallelism, cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Machine, Manifest } from '../result/manifest.ts'

const run = promisify(execFile)

export async function describeMachine(): Promise<Machine> {
  return {
    cores: availableParallelism(),
    cpuModel: cpus()[0]?.model.trim() || 'unknown',
    memoryBytes: totalmem(),
    kernel: release(),
    architecture: arch(),
    nodeVersion: process.version,
    dockerVersion: await output('docker', 'version', '--format', '{{.Server.Version}}'),
  }
}

export async function describeSource(folder: string): Promise<Manifest['source']> {
  const commit = await output('git', '-C', folder, 'rev-parse', 'HEAD')
  const status = await output('git', '-C', folder, 'status', '--porcelain')
  const dirty = status !== null && status !== ''
  return { commit, dirty, changes: dirty ? await nameChanges(folder) : null }
}

/** A hash of what git would commit: the difference to HEAD, and new files with their content. Null if one is unreadable. */
async function nameChanges(folder: string): Promise<string | null> {
  const difference = await output('git', '-C', folder, 'diff', 'HEAD', '--binary')
  // Relative to the folder, which is the top of the work tree.
  const listed = await output('git', '-C', folder, 'ls-files', '--others', '--exclude-standard', '-z')
  if (difference === null || listed === null) return null
  const hash = createHash('sha256').update(difference)
  for (const name of listed.split('\0').filter((each) => each !== '')) {
    const content = await readFile(join(folder, name)).catch(() => null)
    if (content === null) return null
    hash.update(`\0${name}\0`).update(content)
  }
  return hash.digest('hex').slice(0, 16)
}

/** Null if the command is absent, fails or does not answer. */
async function output(command: string, ...argv: string[]): Promise<string | null> {
  try {
    return (await run(command, argv, { timeout: 10_000, maxBuffer: 2 ** 28 })).stdout.trim()
  } catch {
    return null
  }
}
