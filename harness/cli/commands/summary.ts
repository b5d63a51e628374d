/** `summary`: the latest run as one JSON object on stdout, for programs. */
import { Command } from 'commander'
import { latestRun } from '../../result/store.ts'
import { type CellSummary, summarize } from '../../result/summary.ts'
import { reportsFolder } from '../paths.ts'

export function summaryCommand(): Command {
  return new Command('summary').description('print the latest run as one JSON object').action(async () => {
    process.stdout.write(await formatSummary(reportsFolder))
  })
}

/** Throws HarnessError if there is no run below `reports`. */
export async function formatSummary(reports: string): Promise<string> {
  const { manifest, samples, predictions } = await latestRun(reports)
  const summary = summarize(manifest, samples, predictions)
  const experiments = summary.experiments.map((experiment) => ({
    ...experiment,
    cells: experiment.cells.map(flat),
  }))
  return `${JSON.stringify({ ...summary, experiments }, null, 2)}\n`
}

/**
 * A cell whose measures and counts are plain fields (`goodputMbps`, `bytesVerified`), so that programs do not depend on
 * how the harness stores them.
 */
function flat({ measures, delivered, ...cell }: CellSummary): object {
  const counts = Object.entries(delivered).flatMap(([unit, { sent, verified }]) => [
    [`${unit}Sent`, sent],
    [`${unit}Verified`, verified],
  ])
  return { ...cell, ...measures, ...Object.fromEntries(counts) }
}
