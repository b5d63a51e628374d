/**
 * Joins the folders of shards to the folder of one run, as the runner would have written it: manifest, samples,
 * predictions, costs and logs. The shards are only read. Invariant: either the whole run is there at the end, or nothing.
 */
import { existsSync } from 'node:fs'
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, HarnessError } from '../error.ts'
import { manifestName, predictionsName, readRun, reportName, samplesName } from '../result/store.ts'
import { keepingSpace, RunFolder } from '../runner/run-folder.ts'
import { requireShards, type ShardRun } from './agreement.ts'
import { joinManifests, joinPredictions, joinSamples } from './join.ts'

export interface MergeOptions {
  /** Of the shards' runs, in any order. */
  readonly folders: readonly string[]
  /** The folder that holds `runs/` and `latest`. */
  readonly reports: string
  /** Whether shards of unlike machines may be joined. */
  readonly allowMixed: boolean
}

/** Returns the folder of the merged run, which becomes the latest. Throws HarnessError if the shards do not fit. */
export async function mergeShards({ folders, reports, allowMixed }: MergeOptions): Promise<string> {
  for (const folder of folders) requireFolder(folder)
  const runs = await Promise.all(folders.map(readRun))
  const shards = requireShards(runs, allowMixed)
  const manifest = joinManifests(shards)
  const folder = await RunFolder.create(reports, manifest.profile, new Date())
  try {
    await keepingSpace(folder.path, async () => {
      for (const shard of shards) await copyFiles(shard, folder.path)
      await writeFile(folder.runLog, await joinLogs(shards))
    })
    const predictions = joinPredictions(shards)
    if (predictions.length > 0) await folder.appendPrediction(...predictions)
    await folder.writeManifest({ ...manifest, run: folder.run })
    await folder.appendSample(...joinSamples(shards))
    return folder.path
  } catch (error) {
    await rm(folder.path, { recursive: true, force: true })
    throw error
  } finally {
    await folder.close()
  }
}

function requireFolder(folder: string): void {
  if (existsSync(folder)) return
  throw new HarnessError(
    `There is no folder ${folder}.`,
    'Name for each shard the folder that `make reproduce SHARD=i/n` printed at its end.',
  )
}

const runLog = join('logs', 'run.log')
/** What is joined and not copied. */
const joined = [manifestName, `${manifestName}.next`, samplesName, predictionsName, reportName, runLog]

/** Files of two shards do not meet: they have no cell in common, and one of them at most calibrates. */
async function copyFiles({ folder }: ShardRun, to: string): Promise<void> {
  const left = new Set(joined.map((name) => join(folder, name)))
  for (const name of await readdir(folder)) {
    await cp(join(folder, name), join(to, name), {
      recursive: true,
      filter: (source) => !left.has(source),
    })
  }
}

/** One after the other, each under the name of its shard and run. */
async function joinLogs(shards: readonly ShardRun[]): Promise<string> {
  const texts = shards.map(async ({ folder, manifest: { shard, run } }) => {
    const text = await readFile(join(folder, runLog), 'utf8').catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return ''
      throw error
    })
    return `# shard ${shard.index} of ${shard.count}, run ${run}\n${text}`
  })
  return (await Promise.all(texts)).join('')
}
