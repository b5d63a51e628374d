/**
 * The order in which a run takes its samples: experiments one after another, each in rounds that hold every cell
 * once, so that a slow drift of the machine touches all cells alike and a ratio compares neighbours in time.
 * Pure. Invariant: within `cells` consecutive rounds no cell is first twice.
 */
import { deriveSeed, seededRandom, shuffled } from '../measure/random.ts'
import type { Cell, Experiment } from './experiment.ts'

export interface ScheduledSample {
  readonly experiment: Experiment
  readonly cell: Cell
  readonly round: number
  /** Place in the whole run, from 0. */
  readonly order: number
  /** Seeds everything random in the sample. */
  readonly seed: number
}

export function schedule(
  experiments: readonly Experiment[],
  profile: 'full' | 'quick',
  seed: number,
): ScheduledSample[] {
  const samples: ScheduledSample[] = []
  for (const experiment of experiments) {
    for (let round = 0; round < experiment.rounds[profile]; round += 1) {
      for (const cell of roundOrder(experiment, round, seed)) {
        samples.push({
          experiment,
          cell,
          round,
          order: samples.length,
          seed: deriveSeed(seed, `${experiment.id}/${cell.id}/${round}`),
        })
      }
    }
  }
  return samples
}

/** A seeded permutation names who goes first in which round; the others follow in a fresh shuffle. */
function roundOrder(experiment: Experiment, round: number, seed: number): Cell[] {
  const { cells, id } = experiment
  const firsts = shuffled(cells, seededRandom(deriveSeed(seed, id)))
  const first = firsts[round % firsts.length] as Cell
  const others = cells.filter((cell) => cell !== first)
  return [first, ...shuffled(others, seededRandom(deriveSeed(seed, `${id}/${round}`)))]
}
