/** `report`: writes the report of the latest run again, from its samples. */
import { Command } from 'commander'
import { latestRun } from '../../result/store.ts'
import { reportsFolder } from '../paths.ts'
import { writeReport } from '../write-report.ts'

export function reportCommand(): Command {
  return new Command('report').description('write the report of the latest run').action(async () => {
    const { folder } = await latestRun(reportsFolder)
    process.stdout.write(`Report: ${await writeReport(folder)}\n`)
  })
}
