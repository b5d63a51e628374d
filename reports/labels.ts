/**
 * How cells read in tables and pictures. A cell belongs to a *panel* (what is communicated: payload work, segment
 * size, direction, path) and is a *configuration* of it (how the stack is run). Factors that do not vary are not said. Pure.
 */
import type { Cell, Experiment } from '../harness/matrix/experiment.ts'
import { describeFactors, varying } from '../harness/matrix/factor-words.ts'
import { type FactorName, factorNames } from '../harness/matrix/factors.ts'
import { looks } from './palette.ts'

type Described = Exclude<FactorName, 'strategy'>

const described = factorNames.filter((name): name is Described => name !== 'strategy')

/** What makes another kind of communication. Of topologies, only where our own stack runs in several. */
const panelFactors: readonly Described[] = [
  'payloadWork',
  'workRatio',
  'segmentBytes',
  'connections',
  'traffic',
  'impairment',
]

function panelFactorsOf({ cells }: Experiment): readonly Described[] {
  const own = cells.map(({ factors }) => factors).filter(({ strategy }) => strategy !== 'linux')
  return [...panelFactors, ...varying(['topology'], own)]
}

export interface Panel {
  readonly key: string
  readonly title: string
  readonly cells: readonly Cell[]
}

/** The panels of an experiment, in the order of its cells; the Linux reference belongs to none. */
export function panelsOf(experiment: Experiment): Panel[] {
  const panels = new Map<string, Cell[]>()
  for (const cell of experiment.cells) {
    if (cell.factors.strategy === 'linux') continue
    const title = describeFactors(cell.factors, panelFactorsOf(experiment))
    panels.set(title, [...(panels.get(title) ?? []), cell])
  }
  return [...panels].map(([title, cells], index) => ({ key: `panel-${index}`, title, cells }))
}

/** All cells, those of one panel together, the Linux reference last. */
export function cellsByPanel(experiment: Experiment): Cell[] {
  return [
    ...panelsOf(experiment).flatMap((panel) => panel.cells),
    ...experiment.cells.filter((cell) => cell.factors.strategy === 'linux'),
  ]
}

/** `Sequential`, `N=2`, `Locked N=2, ordered emission`, `Linux, offloads off` */
export function configurationLabel(cell: Cell, experiment: Experiment): string {
  const { strategy, replicas } = cell.factors
  const lead = [
    strategy === 'replicated' ? '' : looks[strategy].label,
    replicas === undefined ? '' : `N=${replicas}`,
  ].filter(Boolean)
  const details = describeFactors(cell.factors, detailsThatVary(experiment, strategy))
  return [lead.join(' '), details].filter(Boolean).join(', ')
}

/** The configuration without its number of replicas: what a line over N joins. */
export function seriesLabel(cell: Cell, experiment: Experiment): string {
  const details = describeFactors(cell.factors, detailsThatVary(experiment, cell.factors.strategy))
  return [looks[cell.factors.strategy].label, details].filter(Boolean).join(', ')
}

/** Panel and configuration: `cipher, N=2` */
export function cellLabel(cell: Cell, experiment: Experiment): string {
  const panel =
    cell.factors.strategy === 'linux' ? '' : describeFactors(cell.factors, panelFactorsOf(experiment))
  return [panel, configurationLabel(cell, experiment)].filter(Boolean).join(', ')
}

/** What distinguishes the cells of one strategy, but for replicas and what their panel says; Linux is in none. */
function detailsThatVary(experiment: Experiment, strategy: string): Described[] {
  const cells = experiment.cells.filter((cell) => cell.factors.strategy === strategy)
  const said = strategy === 'linux' ? [] : panelFactorsOf(experiment)
  const details = described.filter((name) => name !== 'replicas' && !said.includes(name))
  return varying(
    details,
    cells.map(({ factors }) => factors),
  )
}
