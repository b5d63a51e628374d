/** `report`: writes the report of a run again, from its samples. */
import { Command } from 'commander'
import { latestRun, readRun } from '../../result/store.ts'
import { reportsFolder } from '../paths.ts'
import { writeReport } from '../write-report.ts'
import { folderOf } from './merge.ts'

export function reportCommand(): Command {
  return new Command('report')
    .description('write the report of a run again')
    .argument('[run]', 'its folder, or its name in reports/runs; the latest if absent')
    .action(async (run: string | undefined) => {
      const { folder } =
        run === undefined ? await latestRun(reportsFolder) : await readRun(folderOf(run, reportsFolder))
      process.stdout.write(`Report: ${await writeReport(folder)}\n`)
    })
}
