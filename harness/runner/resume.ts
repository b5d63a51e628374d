/**
 * Which run is gone on with: the newest of the same experiments and profile, if something of it is missing because it was
 * interrupted or killed, or because the disk was full. Half of its samples would say nothing about the other half if
 * source, machine or definitions were others, so then it stays as it is. Reads only.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Experiment } from '../matrix/experiment.ts'
import { kindFields, type Machine, type Manifest, type Profile, type Shard } from '../result/manifest.ts'
import { type Run, readRun, runFolders } from '../result/store.ts'
import { Agenda } from './agenda.ts'
import { isPredicted } from './predictions.ts'

export interface WantedRun {
  readonly experiments: readonly Experiment[]
  readonly profile: Profile
  /** Undefined: any. */
  readonly seed: number | undefined
  readonly machine: Machine
  readonly source: Manifest['source']
  /** Whether logs are to be kept. */
  readonly records: boolean
  readonly budgetMinutes?: number | undefined
  /** Undefined: the whole matrix. */
  readonly shard?: Shard | undefined
}

export interface Unfinished {
  /** Undefined if a new run has to begin. */
  readonly run?: Run
  /** Why an unfinished run that looks like the wanted one is left alone; a whole sentence. */
  readonly remark?: string
}

/** The caller has made sure that no other process is at work on a run. */
export async function findUnfinished(reports: string, wanted: WantedRun): Promise<Unfinished> {
  for (const folder of await runFolders(reports)) {
    // A folder of another version, or damaged, is nothing to go on with.
    const run = await readRun(folder).catch(() => undefined)
    if (run === undefined || !isOfTheSame(run.manifest, wanted)) continue
    if (isFinished(run)) return {}
    const difference = differenceOf(run.manifest, wanted)
    if (difference === undefined) return { run }
    return { remark: `Run ${run.manifest.run} is unfinished, and a new one begins: ${difference}.` }
  }
  return {}
}

/** Whether nothing is left to be done: no sample, no prediction, and not the end of the manifest. */
export function isFinished({ manifest, samples, predictions }: Run): boolean {
  const { experiments, profile, seed, machine, endedAt } = manifest
  const asked = { made: predictions, profile, seed, processors: machine.cores }
  const budgetMinutes = manifest.budgetMinutes ?? undefined
  const agenda = new Agenda({ experiments, profile, seed, budgetMinutes }, samples)
  if (endedAt === null || agenda.next() !== undefined) return false
  return experiments.every((each) => isPredicted(each, asked))
}

function isOfTheSame({ profile, experiments, shard, mergedFrom }: Manifest, wanted: WantedRun): boolean {
  if (mergedFrom !== undefined) return false
  if (shard?.index !== wanted.shard?.index || shard?.count !== wanted.shard?.count) return false
  const ids = (list: readonly Experiment[]) => list.map(({ id }) => id)
  return profile === wanted.profile && isDeepStrictEqual(ids(experiments), ids(wanted.experiments))
}

const kindWords: Readonly<Record<(typeof kindFields)[number], string>> = {
  cores: 'number of processors',
  cpuModel: 'processor',
  architecture: 'architecture',
  kernel: 'kernel',
  nodeVersion: 'Node',
}

function differenceOf(manifest: Manifest, wanted: WantedRun): string | undefined {
  const { seed, source, machine, experiments, records, budgetMinutes } = manifest
  if (wanted.seed !== undefined && wanted.seed !== seed) return `its seed is ${seed}`
  if (budgetMinutes !== (wanted.budgetMinutes ?? null))
    return budgetMinutes === null ? 'it has no budget' : `its budget is ${budgetMinutes} minutes`
  if (records !== wanted.records) return records ? 'it keeps logs to replay' : 'it keeps no logs to replay'
  if (source.commit === null || wanted.source.commit === null)
    return 'it cannot be seen, without git, whether its source was the same'
  if (source.commit !== wanted.source.commit) return `its source was commit ${source.commit}`
  const isKnown = !source.dirty || source.changes !== null
  if (!isKnown || source.changes !== wanted.source.changes)
    return 'the uncommitted changes are not those of then'
  const changed = kindFields.find((field) => machine[field] !== wanted.machine[field])
  if (changed !== undefined)
    return `it was measured with another ${kindWords[changed]} (${machine[changed]}, here ${wanted.machine[changed]})`
  const other = experiments.find((each, index) => !isDeepStrictEqual(each, wanted.experiments[index]))
  return other === undefined ? undefined : `the definition of ${other.id} has changed`
}
