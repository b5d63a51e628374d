/**
 * Which run is gone on with: the newest of the same experiments and profile, if samples of it are missing because it was
 * interrupted or killed, or because the disk was full. Half of its samples would say nothing about the other half if
 * source, machine or definitions were others, so then it stays as it is. Reads only.
 */
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { ownerState, parseOwner } from '../docker/owner.ts'
import { HarnessError } from '../error.ts'
import type { Experiment } from '../matrix/experiment.ts'
import type { Machine, Manifest, Profile } from '../result/manifest.ts'
import { ownerName, type Run, readRun, runFolders } from '../result/store.ts'

export interface WantedRun {
  readonly experiments: readonly Experiment[]
  readonly profile: Profile
  /** Undefined: any. */
  readonly seed: number | undefined
  readonly machine: Machine
  readonly source: Manifest['source']
}

export interface Unfinished {
  /** Undefined if a new run has to begin. */
  readonly run?: Run
  /** Why an unfinished run that looks like the wanted one is left alone; a whole sentence. */
  readonly remark?: string
}

/** Throws HarnessError if a process is at work on a run below `reports`: two at once would disturb each other. */
export async function findUnfinished(reports: string, wanted: WantedRun): Promise<Unfinished> {
  const folders = await runFolders(reports)
  await refuseLiveRuns(folders)
  for (const folder of folders) {
    // A folder of another version, or damaged, is nothing to go on with.
    const run = await readRun(folder).catch(() => undefined)
    if (run === undefined || !isOfTheSame(run.manifest, wanted)) continue
    if (run.samples.length >= run.manifest.samplesPlanned) return {}
    const difference = differenceOf(run.manifest, wanted)
    if (difference === undefined) return { run }
    return { remark: `Run ${run.manifest.run} is unfinished, and a new one begins: ${difference}.` }
  }
  return {}
}

async function refuseLiveRuns(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    const text = await readFile(join(folder, ownerName), 'utf8').catch(() => '')
    const owner = parseOwner(text.trim())
    if (owner === undefined || ownerState(owner) !== 'alive') continue
    throw new HarnessError(
      `Run ${basename(folder)} is under way, in process ${owner.pid}: two runs at once would disturb each other.`,
      `Wait until it has ended, or end it: kill -INT ${owner.pid}`,
    )
  }
}

function isOfTheSame({ profile, experiments }: Manifest, wanted: WantedRun): boolean {
  const ids = (list: readonly Experiment[]) => list.map(({ id }) => id)
  return profile === wanted.profile && isDeepStrictEqual(ids(experiments), ids(wanted.experiments))
}

function differenceOf(manifest: Manifest, wanted: WantedRun): string | undefined {
  const { seed, source, machine, experiments } = manifest
  if (wanted.seed !== undefined && wanted.seed !== seed) return `its seed is ${seed}`
  if (source.commit !== wanted.source.commit) return `its source was commit ${source.commit ?? 'unknown'}`
  const isKnown = !source.dirty || source.changes !== null
  if (!isKnown || source.changes !== wanted.source.changes)
    return 'the uncommitted changes are not those of then'
  if (!isDeepStrictEqual(machine, wanted.machine)) return 'it was measured on another machine, kernel or Node'
  const other = experiments.find((each, index) => !isDeepStrictEqual(each, wanted.experiments[index]))
  return other === undefined ? undefined : `the definition of ${other.id} has changed`
}
