/**
 * The gain over the sequential stack of every type of communication, by strategy. Pure. Of each type and strategy the cells
 * of one experiment count, the first in the order of the argument that has some, measured or not; its other experiments tell
 * their own. Which cell stands for a type follows from the definition, and never from the results: the plainest
 * configuration and the largest messages. Only the number of replicas is the best one, as in the verdicts.
 */
import type { Cell, Experiment } from '../../harness/matrix/experiment.ts'
import { isOwn } from '../../harness/matrix/factor.ts'
import { factorNames, identifyFactors } from '../../harness/matrix/factors.ts'
import type { Outlook } from '../../harness/result/prediction.ts'
import type { CellSummary, Summary } from '../../harness/result/summary.ts'
import type { Interval } from '../../harness/statistics/interval.ts'
import { communicationOf } from './communication.ts'
import { inOrder } from './order.ts'

/** A replica alone shows what the channel costs; it is no way to parallelize. */
export const columns = ['replicated', 'single replica', 'locked', 'sharded', 'pipelined'] as const
export type Column = (typeof columns)[number]

/** One kind of communication by one strategy. */
export interface Gain {
  readonly experiment: Experiment
  readonly cell: Cell
  /** Null if it was not measured, or not beside the sequential stack. */
  readonly interval: Interval | null
  readonly rounds: number
  readonly coverage: number
}

export interface Gains {
  /** The one that stands for the type, then all others of the same type. */
  readonly all: readonly Gain[]
}

/** A type of communication. */
export interface Type {
  readonly title: string
  readonly connections: number
  readonly by: ReadonlyMap<Column, Gains>
  /** By the virtual cores, with a processor for each thread: the best number of replicas. Null: not predicted. */
  readonly predicted: Outlook | null
}

/** In the order of the argument, types of one name together; those of several connections last. */
export function typesOf(experiments: readonly Experiment[], summary: Summary): Type[] {
  const ordered = inOrder(experiments).flatMap((group) => group.experiments)
  const found = new Map<string, { connections: number; cells: Map<Column, [Experiment, Cell][]> }>()
  for (const experiment of ordered) {
    for (const cell of experiment.cells) {
      const column = columnOf(cell)
      const communication = communicationOf(experiment, cell.factors)
      if (column === null || communication === null || cell.unsupported !== undefined) continue
      const { title, connections } = communication
      const type = found.get(title) ?? { connections, cells: new Map() }
      found.set(title, type)
      const its = type.cells.get(column) ?? []
      if (its.length > 0 && its[0]?.[0] !== experiment) continue
      type.cells.set(column, [...its, [experiment, cell]])
    }
  }
  const types = [...found].map(([title, { connections, cells }]) => ({
    title,
    connections,
    by: new Map([...cells].map(([column, its]) => [column, gainsOf(its, summary)])),
    predicted: predictedFor(title, ordered, summary),
  }))
  const isSingle = ({ connections }: Type) => connections === 1
  const byCount = (one: Type, other: Type) => one.connections - other.connections
  return [
    ...together(types.filter(isSingle)),
    ...together(types.filter((type) => !isSingle(type)).toSorted(byCount)),
  ]
}

/** Those of one name beside each other, whatever their payload work. */
function together(types: readonly Type[]): Type[] {
  return [
    ...Map.groupBy(types, ({ title }) => title.replace(/[\d,]+ connections/, '').split(', ')[0]).values(),
  ].flat()
}

function columnOf({ factors: { strategy, replicas = 1 } }: Cell): Column | null {
  if (strategy === 'replicated') return replicas === 1 ? 'single replica' : 'replicated'
  return isOwn(strategy) && strategy !== 'sequential' && replicas > 1 ? strategy : null
}

function gainsOf(cells: readonly [Experiment, Cell][], summary: Summary): Gains {
  const kinds = Map.groupBy(cells, ([, { factors }]) => {
    const { replicas: _replicas, ...kind } = factors
    return identifyFactors(kind)
  })
  const all = [...kinds.values()].map((kind) => best(kind.map(([one, cell]) => gainOf(one, cell, summary))))
  return { all: all.toSorted((one, other) => plainness(one) - plainness(other) || size(other) - size(one)) }
}

function gainOf(experiment: Experiment, cell: Cell, { experiments }: Summary): Gain {
  const own: CellSummary | undefined = experiments
    .find(({ id }) => id === experiment.id)
    ?.cells.find((each) => each.cell === cell.id)
  return {
    experiment,
    cell,
    interval: own?.speedupOverSequential ?? null,
    rounds: own?.roundsCompared ?? 0,
    coverage: own?.speedupCoverage ?? 0,
  }
}

/** As a user would choose the number of replicas. */
function best(gains: readonly Gain[]): Gain {
  const median = ({ interval }: Gain) => interval?.median ?? Number.NEGATIVE_INFINITY
  return gains.reduce((leader, gain) => (median(gain) > median(leader) ? gain : leader))
}

/** How many factors a cell has: what is not named is as usual. */
function plainness({ cell: { factors } }: Gain): number {
  return factorNames.filter((name) => factors[name] !== undefined).length
}

function size({ cell: { factors } }: Gain): number {
  return factors.messageBytes ?? factors.datagramBytes ?? factors.bodyBytes ?? 0
}

function predictedFor(title: string, experiments: readonly Experiment[], summary: Summary): Outlook | null {
  const outlook = summary.experiments.flatMap(({ id, predictions }) => {
    const experiment = experiments.find((each) => each.id === id)
    const topology = experiment?.cells[0]?.factors.topology
    if (experiment === undefined || topology === undefined) return []
    return (predictions?.outlook ?? []).filter(({ strategy, replicas = 1, payloadWork }) => {
      if (strategy !== 'replicated' || replicas < 2) return false
      return communicationOf(experiment, { strategy, topology, payloadWork })?.title === title
    })
  })
  const [first, ...others] = outlook
  if (first === undefined) return null
  return others.reduce((top, each) => (each.speedup.median > top.speedup.median ? each : top), first)
}
