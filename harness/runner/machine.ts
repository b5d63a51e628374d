/** Describes where a run takes place: the machine and the state of the source. Reads only; starts git and docker. */
import { execFile } from 'node:child_process'
import { arch, availableParallelism, cpus, release, totalmem } from 'node:os'
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
  const changes = await output('git', '-C', folder, 'status', '--porcelain')
  return { commit, dirty: changes !== null && changes !== '' }
}

/** Null if the command is absent, fails or does not answer. */
async function output(command: string, ...argv: string[]): Promise<string | null> {
  try {
    return (await run(command, argv, { timeout: 10_000 })).stdout.trim()
  } catch {
    return null
  }
}
