/**
 * How cells read in tables and pictures. A cell belongs to a *panel* (what is communicated: payload work, segment
 * size, direction, path) and is a *configuration* of it (how the stack is run). Constant factors are left out. Pure.
 */
import type { Cell, Experiment } from '../harness/matrix/experiment.ts'
import { isOtherUserLevel, isOwn, type Strategy } from '../harness/matrix/factor.ts'
import { type DescribedFactor, describeFactors, varying } from '../harness/matrix/factor-words.ts'
import {
  agreeOn,
  declaredFactors,
  type FactorName,
  type Factors,
  factorNames,
} from '../harness/matrix/factors.ts'
import { looks } from './palette.ts'

/** Factors whose values are kinds of communication. Topology and offloads are, too, if our own stack runs with several. */
const kinds = factorNames.filter(isDescribed).filter((name) => declaredFactors[name].isKind === true)

function panelFactorsOf({ cells }: Experiment): readonly DescribedFactor[] {
  const own = cells.map(({ factors }) => factors).filter(({ strategy }) => isOwn(strategy))
  return [...kinds, ...varying(['topology', 'offload'], own)]
}

function isDescribed(name: FactorName): name is DescribedFactor {
  return name !== 'strategy'
}

export interface Panel {
  readonly key: string
  readonly title: string
  readonly cells: readonly Cell[]
}

/** The panels of an experiment, in the order of its cells; a stack that is not ours belongs to none. */
export function panelsOf(experiment: Experiment): Panel[] {
  const panels = new Map<string, Cell[]>()
  for (const cell of experiment.cells) {
    if (!isOwn(cell.factors.strategy)) continue
    const title = describeFactors(cell.factors, panelFactorsOf(experiment))
    panels.set(title, [...(panels.get(title) ?? []), cell])
  }
  return [...panels].map(([title, cells], index) => ({ key: `panel-${index}`, title, cells }))
}

/**
 * Cells of the kernel's own stack with the panel's kind of communication, by the factors that such a cell has; with its
 * offloads, if its cells say which.
 */
export function referencesOf(panel: Panel, experiment: Experiment): Cell[] {
  return experiment.cells.filter((cell) => cell.factors.strategy === 'linux' && isOfKind(cell, panel))
}

/** The same of other user-level stacks. */
export function othersOf(panel: Panel, experiment: Experiment): Cell[] {
  return experiment.cells.filter((cell) => isOtherUserLevel(cell.factors.strategy) && isOfKind(cell, panel))
}

function isOfKind({ factors }: Cell, { cells: [first] }: Panel): boolean {
  if (first === undefined) return true
  const compared = first.factors.offload === undefined ? kinds : [...kinds, 'offload' as const]
  const wanted = asOnWire(first.factors)
  return compared.every((name) => factors[name] === undefined || agreeOn(name, factors, wanted))
}

/** What the kernel cuts before it is on the wire is single segments there. */
function asOnWire(factors: Factors): Factors {
  return factors.offload === 'gso' ? { ...factors, offload: 'off' } : factors
}

/** The cells that belong to no panel, with what they are. */
export function groupsBeside({ cells }: Experiment): Omit<Panel, 'key'>[] {
  const where = (isOfGroup: (strategy: Strategy) => boolean) =>
    cells.filter(({ factors }) => isOfGroup(factors.strategy))
  return [
    { title: 'Other user-level stacks', cells: where(isOtherUserLevel) },
    { title: 'Linux, for reference', cells: where((strategy) => strategy === 'linux') },
  ].filter((group) => group.cells.length > 0)
}

/** The words of a cell's kind of communication, one factor left out. */
export function kindWithout(left: DescribedFactor, { factors }: Cell, experiment: Experiment): string {
  return describeFactors(
    factors,
    panelFactorsOf(experiment).filter((name) => name !== left),
  )
}

/** All cells, those of one panel together, the Linux reference last. */
export function cellsByPanel(experiment: Experiment): Cell[] {
  return [
    ...panelsOf(experiment).flatMap((panel) => panel.cells),
    ...groupsBeside(experiment).flatMap((group) => group.cells),
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

/** The label of a stack that is not ours within a panel: `gVisor`, `Linux, offloads off`. */
export function referenceLabel({ factors }: Cell, experiment: Experiment): string {
  const said = panelFactorsOf(experiment)
  const details = detailsThatVary(experiment, factors.strategy).filter((name) => !said.includes(name))
  return [looks[factors.strategy].label, describeFactors(factors, details)].filter(Boolean).join(', ')
}

/** The configuration without its number of replicas; a line over N joins the cells with the same label. */
export function seriesLabel(cell: Cell, experiment: Experiment): string {
  const details = describeFactors(cell.factors, detailsThatVary(experiment, cell.factors.strategy))
  return [looks[cell.factors.strategy].label, details].filter(Boolean).join(', ')
}

/** Panel and configuration: `cipher, N=2` */
export function cellLabel(cell: Cell, experiment: Experiment): string {
  const panel = isOwn(cell.factors.strategy) ? describeFactors(cell.factors, panelFactorsOf(experiment)) : ''
  return [panel, configurationLabel(cell, experiment)].filter(Boolean).join(', ')
}

/** As `cellLabel`, without what all cells have in common. */
export function briefLabel(cell: Cell, experiment: Experiment): string {
  const own = experiment.cells.map(({ factors }) => factors).filter(({ strategy }) => isOwn(strategy))
  const kind = isOwn(cell.factors.strategy)
    ? describeFactors(cell.factors, varying(panelFactorsOf(experiment), own))
    : ''
  return [kind, configurationLabel(cell, experiment)].filter(Boolean).join(', ')
}

/** Factors that vary among the cells of one strategy, without replicas and those in the title of a panel. */
function detailsThatVary(experiment: Experiment, strategy: Strategy): DescribedFactor[] {
  const cells = experiment.cells.filter((cell) => cell.factors.strategy === strategy)
  const said = isOwn(strategy) ? panelFactorsOf(experiment) : []
  const details = factorNames
    .filter(isDescribed)
    .filter((name) => name !== 'replicas' && !said.includes(name))
  return varying(
    details,
    cells.map(({ factors }) => factors),
  )
}
