/**
 * `clean`: removes what dead runs left behind, old images and caches. What is costly to make again is removed only on
 * request: current images take minutes to build, measured runs took hours.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Command } from 'commander'
import { latestLink, runsFolder } from '../../result/store.ts'
import { projectFolder, reportsFolder } from '../paths.ts'

export function cleanCommand(): Command {
  return new Command('clean')
    .description('remove left-over containers, old images and caches')
    .option('--all', 'remove the current images too, and stop an engine that was started for them')
    .option('--runs', 'remove measured runs too')
    .action(({ all = false, runs = false }: { all?: boolean; runs?: boolean }) => clean(all, runs))
}

async function clean(all: boolean, runs: boolean): Promise<void> {
  const { cleanDocker } = await import('../../docker/clean.ts')
  const { otherRecipes } = await import('../../other-stacks/images.ts')
  const onProgress = (line: string) => process.stdout.write(`${line}\n`)
  const cleaned = await cleanDocker({ all, recipes: otherRecipes(), onProgress })
  for (const name of cleaned.kept) process.stdout.write(`kept ${name}: its run is alive\n`)
  await rm(join(projectFolder, '.cache'), { recursive: true, force: true })
  if (!runs) return
  await rm(join(reportsFolder, runsFolder), { recursive: true, force: true })
  await rm(join(reportsFolder, latestLink), { force: true })
}
