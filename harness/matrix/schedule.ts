/**
 * The order of the cells within a round, which holds every cell that this machine supports once, so that a slow drift of the machine
 * touches all cells alike. Cells that are compared with each other come one after another: a ratio compares neighbours in
 * time, however many cells there are.
 * Pure. Invariant: within `cells` consecutive rounds no cell is first twice.
 */
import { deriveSeed, seededRandom, shuffled } from '../statistics/random.ts'
import { baselineOf } from './baseline.ts'
import { counterpartOf } from './counterpart.ts'
import type { Cell, Experiment } from './experiment.ts'
import { supportedCells } from './unsupported.ts'

export interface ScheduledSample {
  readonly experiment: Experiment
  readonly cell: Cell
  readonly round: number
  /** From 0; more for a sample that is taken again. */
  readonly attempt: number
  /** Place in the whole run, from 0. */
  readonly order: number
  /** Seeds everything random in the sample. */
  readonly seed: number
}

/**
 * A seeded permutation decides which cell comes first in which round. The cells that are compared with this cell follow
 * in a new shuffle, then the other groups of compared cells, shuffled too.
 */
export function cellsOfRound(experiment: Experiment, round: number, seed: number): Cell[] {
  const { id } = experiment
  const cells = supportedCells(experiment)
  if (cells.length === 0) return []
  const firsts = shuffled(cells, seededRandom(deriveSeed(seed, id)))
  const first = firsts[round % firsts.length] as Cell
  const random = seededRandom(deriveSeed(seed, `${id}/${round}`))
  const rest = shuffled(
    cells.filter((cell) => cell !== first),
    random,
  )
  // Groups, and cells in them, stay in the order of the shuffle.
  return [...Map.groupBy([first, ...rest], (cell) => rootOf(cell, experiment)).values()].flat()
}

/** Seeds all that is random in a sample; each has its own. */
export function seedOfSample(
  seed: number,
  experiment: Experiment,
  cell: Cell,
  round: number,
  attempt: number,
): number {
  const again = attempt === 0 ? '' : `/${attempt}`
  return deriveSeed(seed, `${experiment.id}/${cell.id}/${round}${again}`)
}

/** The end of the chain of comparisons that starts at a cell. Cells with the same root form a group. */
function rootOf(cell: Cell, experiment: Experiment): Cell {
  const other = comparedWith(cell, experiment)
  return other === undefined ? cell : rootOf(other, experiment)
}

/**
 * What the verdict compares a cell with: where it compares two cells, the counterpart; else a baseline. A crossover tells of
 * the speed-up of cells without a counterpart, too.
 */
export function comparedWith(
  cell: Cell,
  { verdict, baselines, cells }: Omit<Experiment, 'rounds'>,
): Cell | undefined {
  const counterpart = counterpartOf(verdict, cell, cells)
  if (counterpart !== undefined || verdict.kind === 'cost' || verdict.kind === 'contrast') return counterpart
  const all = baselines.map((baseline) => baselineOf(baseline, cell, cells))
  return all.find((other) => other !== undefined && other !== cell)
}
