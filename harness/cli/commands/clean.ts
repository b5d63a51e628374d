/** `clean`: removes what the harness made. Measured runs took hours, so they go only when that is asked for. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Command } from 'commander'
import { latestLink, runsFolder } from '../../result/store.ts'
import { projectFolder, reportsFolder } from '../paths.ts'

export function cleanCommand(): Command {
  return new Command('clean')
    .description('remove containers and caches; measured runs are kept')
    .option('--runs', 'remove measured runs too')
    .action(async ({ runs }: { runs?: true }) => {
      await rm(join(projectFolder, '.cache'), { recursive: true, force: true })
      if (!runs) return
      await rm(join(reportsFolder, runsFolder), { recursive: true, force: true })
      await rm(join(reportsFolder, latestLink), { force: true })
    })
}
