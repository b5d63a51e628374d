/** `list`: which experiments there are, what each asks, and how many samples it takes. */
import { Command } from 'commander'
import pc from 'picocolors'
import type { Experiment } from '../../matrix/experiment.ts'
import { loadExperiments } from '../../matrix/load.ts'
import { experimentsFolder } from '../paths.ts'

export function listCommand(): Command {
  return new Command('list').description('list the experiments').action(async () => {
    process.stdout.write(`${formatList(await loadExperiments(experimentsFolder))}\n`)
  })
}

export function formatList(experiments: readonly Experiment[]): string {
  const width = Math.max(...experiments.map(({ id }) => id.length))
  const lines = experiments.map(({ id, title, question, cells, rounds }) => {
    const counts = `${cells.length} cells, ${cells.length * rounds.full} samples, ${cells.length * rounds.quick} in a quick run`
    return `${pc.bold(id.padEnd(width))}  ${title}\n${' '.repeat(width)}  ${question}\n${' '.repeat(width)}  ${pc.dim(counts)}`
  })
  return lines.join('\n')
}
