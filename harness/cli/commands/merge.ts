/** `merge`: joins the shards of a matrix that was measured on several machines to one run, and writes its report. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { HarnessError } from '../../error.ts'
import { runsFolder } from '../../result/store.ts'
import { mergeShards } from '../../shards/merge.ts'
import { reportsFolder } from '../paths.ts'
import { writeReport } from '../write-report.ts'

export function mergeCommand(): Command {
  return new Command('merge')
    .description('join the shards of a run, and write the report')
    .argument('[runs...]', 'their folders, or their names in reports/runs')
    .option('--mixed', 'also if they were measured on unlike machines')
    .action(async (runs: readonly string[], { mixed = false }: { mixed?: boolean }) => {
      const folders = runs.map((run) => folderOf(run, reportsFolder))
      if (folders.length === 0) {
        throw new HarnessError('Which runs?', 'make merge RUNS="<folder> <folder> …": one for each shard.')
      }
      const folder = await mergeShards({ folders, reports: reportsFolder, allowMixed: mixed })
      process.stdout.write(`Report: ${await writeReport(folder)}\n`)
    })
}

/** A run's own name is enough for one that was measured here. */
export function folderOf(run: string, reports: string): string {
  const named = join(reports, runsFolder, run)
  return !run.includes('/') && existsSync(named) ? named : resolve(run)
}
