/**
 * How cells read in tables and pictures. A cell belongs to a *panel* (what is communicated: payload work, segment
 * size, direction) and is a *configuration* of it (how the stack is run). Factors that do not vary are not said. Pure.
 */
import type { Cell, Experiment } from '../harness/matrix/experiment.ts'
import { type FactorName, type Factors, factorNames } from '../harness/matrix/factors.ts'
import { looks } from './palette.ts'

const panelFactors: readonly FactorName[] = [
  'payloadWork',
  'workRatio',
  'segmentBytes',
  'connections',
  'direction',
]

const names: Readonly<Record<FactorName, (value: string | number) => string>> = {
  strategy: (value) => looks[value as Factors['strategy']].label,
  replicas: (value) => `N=${value}`,
  payloadWork: (value) => (value === 'none' ? 'no payload work' : String(value)),
  claim: (value) => `claim per ${value}`,
  chunk: (value) => `${value} actions a claim`,
  ownership: (value) => (value === 'first' ? 'first come' : 'in rotation'),
  emission: (value) => `${value} emission`,
  verification: (value) =>
    `verified ${value === 'before' ? 'before publishing' : value === 'claimed' ? 'by claim' : 'by device'}`,
  reader: (value) => `${value} reader`,
  idle: (value) => `${value} when idle`,
  lock: (value) => `${value} lock`,
  slotCount: (value) => `${value} slots`,
  digests: (value) => `digests ${value}`,
  connections: (value) => `${value} connection${value === 1 ? '' : 's'}`,
  workRatio: (value) => `r = ${value}`,
  disturbance: (value) => disturbances[value as NonNullable<Factors['disturbance']>],
  segmentBytes: (value) => `${value} B`,
  direction: (value) => String(value),
  offload: (value) => `offloads ${value}`,
  topology: (value) => String(value),
}

const disturbances: Readonly<Record<NonNullable<Factors['disturbance']>, string>> = {
  none: 'undisturbed',
  kill: 'replicas killed',
  'stall-1': 'stalled 1 ms',
  'stall-10': 'stalled 10 ms',
  'stall-100': 'stalled 100 ms',
  'stall-1000': 'stalled 1 s',
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
    const title = describe(cell.factors, panelFactors)
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
  const details = describe(cell.factors, detailsThatVary(experiment, strategy))
  return [lead.join(' '), details].filter(Boolean).join(', ')
}

/** The configuration without its number of replicas: what a line over N joins. */
export function seriesLabel(cell: Cell, experiment: Experiment): string {
  const details = describe(cell.factors, detailsThatVary(experiment, cell.factors.strategy))
  return [looks[cell.factors.strategy].label, details].filter(Boolean).join(', ')
}

/** Panel and configuration: `cipher, N=2` */
export function cellLabel(cell: Cell, experiment: Experiment): string {
  return [describe(cell.factors, panelFactors), configurationLabel(cell, experiment)]
    .filter(Boolean)
    .join(', ')
}

/** What distinguishes the cells of one strategy, but for replicas and what the panel says. */
function detailsThatVary(experiment: Experiment, strategy: string): FactorName[] {
  const cells = experiment.cells.filter((cell) => cell.factors.strategy === strategy)
  return factorNames
    .filter((name) => name !== 'strategy' && name !== 'replicas' && !panelFactors.includes(name))
    .filter((name) => new Set(cells.map((cell) => cell.factors[name])).size > 1)
}

function describe(factors: Factors, which: readonly FactorName[]): string {
  return which
    .flatMap((name) => {
      const value = factors[name]
      return value === undefined ? [] : [names[name](value)]
    })
    .join(', ')
}
