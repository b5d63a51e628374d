/** `show`: one experiment as it will run: its question, its cells, its verdict, and what it will take. */
import { Command, Option } from 'commander'
import pc from 'picocolors'
import type { Cell, Experiment } from '../../matrix/experiment.ts'
import { loadExperiment } from '../../matrix/load.ts'
import { roundsOf, wordsOfRounds } from '../../matrix/rounds.ts'
import { markUnsupported, supportedCells } from '../../matrix/unsupported.ts'
import { type Effort, effortOf } from '../../result/effort.ts'
import type { Profile } from '../../result/manifest.ts'
import { describeMachine } from '../../runner/machine.ts'
import { formatDuration } from '../../runner/remaining-time.ts'
import { specificationOf } from '../../workload/workloads.ts'
import { experimentId } from '../experiment-id.ts'
import { experimentsFolder, reportsFolder } from '../paths.ts'

export function showCommand(): Command {
  return new Command('show')
    .description('say what an experiment asks, which cells it has and what it will take')
    .argument('[id]', 'the experiment')
    .addOption(new Option('--profile <name>', 'how many rounds').choices(['full', 'quick']).default('full'))
    .action(async (given: string | undefined, { profile }: { profile: Profile }) => {
      const id = experimentId(given, 'show')
      const machine = await describeMachine()
      const experiment = markUnsupported(await loadExperiment(experimentsFolder, id), machine)
      const effort = await effortOf(reportsFolder, id, profile, machine)
      process.stdout.write(`${formatExperiment(experiment, profile, effort)}\n`)
    })
}

export function formatExperiment(experiment: Experiment, profile: Profile, effort?: Effort): string {
  const { id, title, question, claim, workload, cells, baselines, behaviour, verdict, rounds } = experiment
  const { fewest, most } = roundsOf(experiment, profile)
  const aim = fewest === most ? '' : `, until every ratio is known within ± ${100 * rounds.target} %`
  const supported = supportedCells(experiment).length
  const width = Math.max(...cells.map((cell) => cell.id.length))
  const { kind, ...settings } = workload
  const measures = specificationOf(workload).measures.join(', ')
  const rule = Object.entries(verdict).map(([name, value]) => `${name} ${valueText(value)}`)
  const rows: [string, string][] = [
    ['asks', question],
    ['claim', `${claim.text} (${claim.source})`],
    ['workload', `${kind} ${JSON.stringify(settings)}`],
    ['measures', measures],
    ['baselines', baselines.join(', ')],
    ...(behaviour.length === 0 ? [] : [['behaviour', formatBehaviour(behaviour)] as [string, string]]),
    ['verdict', rule.join(', ')],
    ['rounds', `${wordsOfRounds(experiment, profile)} (${profile})${aim}`],
    ['samples', `${wordsOfRounds(experiment, profile, supported)}, of ${supported} cells`],
    ['takes', formatEffort(id, supported * fewest, profile, effort, most > fewest)],
    ['file', `experiments/${id}.ts`],
  ]
  return [
    `${pc.bold(id)}  ${title}`,
    ...rows.map(([name, text]) => `  ${name.padEnd(9)}  ${text}`),
    '  cells',
    ...cells.map(
      (cell) => `    ${cell.id.padEnd(width)}  ${pc.dim(formatFactors(cell))}${formatReason(cell)}`,
    ),
  ].join('\n')
}

function formatEffort(
  id: string,
  samples: number,
  profile: Profile,
  effort: Effort | undefined,
  mayBeMore: boolean,
): string {
  if (effort === undefined) {
    return `not known before its first run here: make reproduce PROFILE=quick EXPERIMENT=${id} tells`
  }
  const time = formatDuration(samples * effort.millisPerSample)
  const mebibytes = Math.max(1, Math.round((samples * effort.bytesPerSample) / 2 ** 20))
  const other = effort.profile === profile ? '' : `, a ${effort.profile} one`
  return `${mayBeMore ? 'at least' : 'about'} ${time} and ${mebibytes} MiB in reports/, as in run ${effort.run}${other}`
}

function formatBehaviour(cells: readonly string[]): string {
  return `of ${cells.join(', ')}: each makes one exchange more, which is captured and recorded`
}

function formatReason({ unsupported }: Cell): string {
  return unsupported === undefined ? '' : pc.yellow(`  not measured here: ${unsupported}`)
}

function formatFactors({ factors }: Cell): string {
  return Object.entries(factors)
    .map(([name, value]) => `${name} ${valueText(value)}`)
    .join(', ')
}

function valueText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
