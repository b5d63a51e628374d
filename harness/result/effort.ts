/** What an experiment has taken on this machine so far, and so what it will take: as its newest run with samples says. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from '../error.ts'
import type { Machine, Profile } from './manifest.ts'
import { type Run, readRun, runFolders } from './store.ts'

export interface Effort {
  /** The run that tells. */
  readonly run: string
  readonly profile: Profile
  /** From the beginning of a sample to that of the next, on average. */
  readonly millisPerSample: number
  /** Of its logs, recordings and captures, and its share of the file of samples, on average over its samples. */
  readonly bytesPerSample: number
}

/** Undefined if no run below `reports` that can be read took samples of it on this machine; rather of this profile. */
export async function effortOf(
  reports: string,
  experiment: string,
  profile: Profile,
  machine: Pick<Machine, 'cores' | 'cpuModel'>,
): Promise<Effort | undefined> {
  let other: Effort | undefined
  for (const folder of await runFolders(reports)) {
    const run = await readRun(folder).catch(() => undefined)
    if (run === undefined || !isOf(run, machine)) continue
    const millisPerSample = averageMillis(run, experiment)
    if (millisPerSample === undefined) continue
    const effort = {
      run: run.manifest.run,
      profile: run.manifest.profile,
      millisPerSample,
      bytesPerSample: await bytesPerSample(run, experiment),
    }
    if (effort.profile === profile) return effort
    other ??= effort
  }
  return other
}

/** A merged run was measured on several machines at once: its samples do not follow one another. */
function isOf({ manifest }: Run, { cores, cpuModel }: Pick<Machine, 'cores' | 'cpuModel'>): boolean {
  if (manifest.mergedFrom !== undefined) return false
  return manifest.machine.cores === cores && manifest.machine.cpuModel === cpuModel
}

/** A pause between two processes of one run is no sample's time, so the gaps beyond ten times the middle one are left out. */
function averageMillis({ samples }: Run, experiment: string): number | undefined {
  const starts = samples
    .filter((each) => each.experiment === experiment)
    .map((each) => Date.parse(each.startedAt))
  const gaps = starts.slice(1).map((start, index) => start - (starts[index] as number))
  const middle = gaps.toSorted((a, b) => a - b)[gaps.length >> 1]
  if (middle === undefined) return undefined
  const usual = gaps.filter((gap) => gap <= 10 * middle)
  return usual.reduce((sum, gap) => sum + gap, 0) / usual.length
}

async function bytesPerSample({ folder, samples }: Run, experiment: string): Promise<number> {
  const own = samples.filter((each) => each.experiment === experiment).length
  const [logs, all] = await Promise.all([
    bytesIn(join(folder, 'logs', experiment)),
    stat(join(folder, 'samples.ndjson')),
  ])
  return logs / own + all.size / samples.length
}

/** 0 if there is no such folder. */
async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  })
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => stat(join(parentPath, name)))
  return (await Promise.all(sizes)).reduce((sum, { size }) => sum + size, 0)
}
