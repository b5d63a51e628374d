/** `summary`: the latest run as one JSON object on stdout, for programs. */
import { Command } from 'commander'
import { latestRun } from '../../result/store.ts'
import { summarize } from '../../result/summary.ts'
import { reportsFolder } from '../paths.ts'

export function summaryCommand(): Command {
  return new Command('summary').description('print the latest run as one JSON object').action(async () => {
    process.stdout.write(await formatSummary(reportsFolder))
  })
}

/** Throws HarnessError if there is no run below `reports`. */
export async function formatSummary(reports: string): Promise<string> {
  const { manifest, samples, predictions } = await latestRun(reports)
  return `${JSON.stringify(summarize(manifest, samples, predictions), null, 2)}\n`
}
