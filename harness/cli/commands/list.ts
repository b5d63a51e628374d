/** `list`: which experiments there are, what each asks, and how many samples it takes. */
import { availableParallelism } from 'node:os'
import { Command } from 'commander'
import pc from 'picocolors'
import type { Experiment } from '../../matrix/experiment.ts'
import { loadExperiments } from '../../matrix/load.ts'
import { wordsOfRounds } from '../../matrix/rounds.ts'
import { markUnsupported, supportedCells } from '../../matrix/unsupported.ts'
import type { Profile } from '../../result/manifest.ts'
import { experimentsFolder } from '../paths.ts'

export function listCommand(): Command {
  return new Command('list').description('list the experiments').action(async () => {
    const machine = { cores: availableParallelism() }
    const experiments = await loadExperiments(experimentsFolder)
    process.stdout.write(`${formatList(experiments.map((each) => markUnsupported(each, machine)))}\n`)
  })
}

export function formatList(experiments: readonly Experiment[]): string {
  const width = Math.max(...experiments.map(({ id }) => id.length))
  const lines = experiments.map((experiment) => {
    const { id, title, question } = experiment
    const cells = supportedCells(experiment).length
    const samples = (profile: Profile) => wordsOfRounds(experiment, profile, cells)
    const counts = `${cells} cells, ${samples('full')} samples, ${samples('quick')} in a quick run`
    return `${pc.bold(id.padEnd(width))}  ${title}\n${' '.repeat(width)}  ${question}\n${' '.repeat(width)}  ${pc.dim(counts)}`
  })
  return lines.join('\n')
}
