/**
 * Which sample a run takes next. It follows from the samples that are there and from nothing else, so a run that was
 * interrupted goes on as if it had not been.
 *
 * Each experiment first has its fewest rounds. Then it has more until its ratios are certain enough, or until it has had
 * the most. With a budget of time, these further rounds go to whatever is least certain. A sample that was disturbed
 * from outside is taken again at once, so that it stays beside those it is compared with.
 *
 * One thread. Invariant: no cell has two samples of one round that both count.
 */
import type { Cell, Experiment } from '../matrix/experiment.ts'
import { roundsOf } from '../matrix/rounds.ts'
import { processOf } from '../matrix/rounds-per-process.ts'
import { cellsOfRound, type ScheduledSample, seedOfSample } from '../matrix/schedule.ts'
import { supportedCells } from '../matrix/unsupported.ts'
import type { Profile } from '../result/manifest.ts'
import { uncertaintyOf } from '../result/precision.ts'
import type { Sample } from '../result/sample.ts'
import { isInterfered } from '../result/validity.ts'
import type { NextSample } from './sampler.ts'

export interface AgendaOptions {
  readonly experiments: readonly Experiment[]
  readonly profile: Profile
  readonly seed: number
  /** Undefined: as long as it takes. */
  readonly budgetMinutes?: number | undefined
}

/** A sample that will be taken whatever the others show. */
export type SureSample = Pick<ScheduledSample, 'experiment' | 'cell'>

/** How often a sample that was disturbed is taken again: a disturbance that lasts would hold the run up for ever. */
const mostRepetitions = 2

/** What one experiment has had so far. */
interface Progress {
  readonly experiment: Experiment
  readonly samples: Sample[]
  /** Of the round that is under way, in the order in which they are taken. */
  cells: readonly Cell[]
  round: number
  repetitions: number
  millis: number
}

export class Agenda {
  readonly #options: AgendaOptions
  readonly #all: readonly Progress[]
  #current: Progress | undefined
  #taken = 0

  constructor(options: AgendaOptions, there: readonly Sample[] = []) {
    this.#options = options
    const supported = options.experiments.filter((each) => supportedCells(each).length > 0)
    this.#all = supported.map((experiment) => ({
      experiment,
      samples: [],
      cells: cellsOfRound(experiment, 0, options.seed),
      round: 0,
      repetitions: 0,
      millis: 0,
    }))
    for (const sample of there) this.note(sample)
  }

  /** Samples that were taken. */
  get taken(): number {
    return this.#taken
  }

  /** Samples taken, and those that are sure to come. */
  get planned(): number {
    return this.#taken + this.sureSamples().length
  }

  /** A sample was taken. */
  note(sample: Sample): void {
    this.#taken += 1
    const progress = this.#all.find(({ experiment }) => experiment.id === sample.experiment)
    if (progress === undefined) return
    this.#current = progress
    progress.samples.push(sample)
    progress.millis += sample.tookMillis ?? 0
    if (sample.attempt > 0) progress.repetitions += 1
    if (sample.round > progress.round) this.#beginRound(progress, sample.round)
  }

  /** Undefined once nothing is left to do. */
  next(): ScheduledSample | undefined {
    // A round that has begun is ended: half a round is nothing to compare.
    const begun = this.#all.find((each) => each.samples.length > 0 && this.#wanted(each).length > 0)
    if (begun !== undefined) return this.#nextOf(begun)
    const chosen = this.#choose()
    if (chosen === undefined) return undefined
    if (chosen.samples.length > 0) this.#beginRound(chosen, chosen.round + 1)
    return this.#nextOf(chosen)
  }

  /** What comes after a sample in its round, unless it is to be taken again. */
  after({ experiment, cell }: ScheduledSample): NextSample[] {
    const progress = this.#all.find((each) => each.experiment === experiment)
    if (progress === undefined) return []
    const rest = this.#wanted(progress).filter(({ id }) => id !== cell.id)
    return rest.map((each) => ({ cell: each, seed: this.#seedOf(progress, each) }))
  }

  /** Samples that will be taken whatever the others show; in a run with a budget, if that lasts. */
  sureSamples(): SureSample[] {
    return this.#all.flatMap((each) => {
      const { experiment } = each
      const further = Math.max(0, this.#roundsOf(experiment).fewest - each.round - 1)
      const round: readonly Cell[] = supportedCells(experiment)
      const cells = [...this.#wanted(each), ...Array(further).fill(round).flat()]
      return cells.map((cell) => ({ experiment, cell }))
    })
  }

  /** Whether the experiment may have more rounds than are sure. */
  isOpenEnded({ id }: Experiment): boolean {
    const progress = this.#all.find(({ experiment }) => experiment.id === id)
    return progress !== undefined && begunRounds(progress) < this.#roundsOf(progress.experiment).most
  }

  /** Whether the time ran out before every experiment had its fewest rounds. */
  get isCutShort(): boolean {
    return this.#leftMillis <= 0 && this.#all.some((each) => this.#lacksRounds(each))
  }

  #choose(): Progress | undefined {
    if (this.#leftMillis <= 0) return undefined
    if (this.#options.budgetMinutes === undefined) return this.#all.find((each) => this.#needsRound(each))
    const first = this.#all.find((each) => this.#lacksRounds(each))
    if (first !== undefined) return first
    const candidates = this.#all.filter(
      (each) => this.#needsRound(each) && roundMillis(each) <= this.#leftMillis,
    )
    const same = candidates.find((each) => each === this.#current && !endsProcess(each))
    return same ?? candidates.toSorted((a, b) => excessOf(b) - excessOf(a))[0]
  }

  #needsRound(progress: Progress): boolean {
    if (this.#lacksRounds(progress)) return true
    return begunRounds(progress) < this.#roundsOf(progress.experiment).most && excessOf(progress) > 1
  }

  #lacksRounds(progress: Progress): boolean {
    return begunRounds(progress) < this.#roundsOf(progress.experiment).fewest
  }

  get #leftMillis(): number {
    const { budgetMinutes = Number.POSITIVE_INFINITY } = this.#options
    return budgetMinutes * 60_000 - this.#all.reduce((sum, { millis }) => sum + millis, 0)
  }

  #roundsOf(experiment: Experiment): { readonly fewest: number; readonly most: number } {
    return roundsOf(experiment, this.#options.profile)
  }

  #beginRound(progress: Progress, round: number): void {
    progress.round = round
    progress.cells = cellsOfRound(progress.experiment, round, this.#options.seed)
  }

  #nextOf(progress: Progress): ScheduledSample | undefined {
    const { experiment, round } = progress
    const [cell] = this.#wanted(progress)
    if (cell === undefined) return undefined
    const attempt = ofRound(progress, cell).length
    return { experiment, cell, round, attempt, order: this.#taken, seed: this.#seedOf(progress, cell) }
  }

  /** The seed of a cell's next sample in the round that is under way. */
  #seedOf(progress: Progress, cell: Cell): number {
    const { experiment, round } = progress
    return seedOfSample(this.#options.seed, experiment, cell, round, ofRound(progress, cell).length)
  }

  /** The cells that lack a sample in this round, or whose last was disturbed and may be taken again. */
  #wanted(progress: Progress): Cell[] {
    const { cells, repetitions, experiment } = progress
    const mayRepeat = repetitions < supportedCells(experiment).length * this.#roundsOf(experiment).fewest
    return cells.filter((cell) => {
      const own = ofRound(progress, cell)
      const last = own.at(-1)
      if (last === undefined) return true
      return isInterfered(last) && mayRepeat && own.length <= mostRepetitions
    })
  }
}

/** Samples of a cell in the round that is under way. */
function ofRound({ samples, round }: Progress, { id }: Cell): Sample[] {
  return samples.filter((sample) => sample.round === round && sample.cell === id)
}

/** Rounds that have begun. */
function begunRounds({ samples, round }: Progress): number {
  return samples.length === 0 ? 0 : round + 1
}

/** What a round takes, by those that the experiment has had. */
function roundMillis(progress: Progress): number {
  return progress.millis / begunRounds(progress)
}

/** The experiment's uncertainty in terms of what it aims at. */
function excessOf({ experiment, samples }: Progress): number {
  return uncertaintyOf(experiment, samples) / experiment.rounds.target
}

/** After as many rounds the stacks' processes are new ones, so going to another experiment costs no warm-up more. */
function endsProcess(progress: Progress): boolean {
  const begun = begunRounds(progress)
  const { full } = progress.experiment.rounds
  return processOf(begun, full) !== processOf(begun - 1, full)
}
