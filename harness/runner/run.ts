/**
 * Takes the samples of a run, or what is left of them. Owns files and failures; knows nothing of containers. Which sample
 * is next is the agenda's matter.
 * Invariant: every sample that was begun ends as one line of `samples.ndjson`, unless the run was interrupted or the disk
 * is full, and nothing is tried twice without being recorded.
 */
import { HarnessError, messageOf } from '../error.ts'
import type { Experiment } from '../matrix/experiment.ts'
import type { ScheduledSample } from '../matrix/schedule.ts'
import { type Machine, type Manifest, type Profile, type Shard, schemaVersion } from '../result/manifest.ts'
import type { PredictionLine } from '../result/prediction.ts'
import type { Sample } from '../result/sample.ts'
import type { Run } from '../result/store.ts'
import { Agenda } from './agenda.ts'
import { isPredicted, Predictions } from './predictions.ts'
import type { Predictor } from './predictor.ts'
import type { Progress } from './progress.ts'
import { noticesOn, remarksOn } from './remarks.ts'
import { appendLog, RunFolder } from './run-folder.ts'
import type { PrepareContext, Sampler } from './sampler.ts'
import { takeSample } from './take-sample.ts'
import { Topologies } from './topologies.ts'

export interface RunOptions {
  readonly experiments: readonly Experiment[]
  readonly profile: Profile
  /** 32 bits, not negative. */
  readonly seed: number
  /** A run of these experiments, profile and seed, of which only what is missing is done. */
  readonly unfinished?: Run | undefined
  readonly sampler: Sampler
  readonly predictor: Predictor
  /** The folder that holds `runs/` and `latest`. */
  readonly reports: string
  readonly machine: Machine
  readonly source: Manifest['source']
  readonly signal: AbortSignal
  readonly progress: Progress
  /** How long the run may take; undefined: as long as it needs. */
  readonly budgetMinutes?: number | undefined
  /** Which part of a matrix `experiments` are, if it is split over machines. */
  readonly shard?: Shard | undefined
  /** Whether the sampler keeps logs of channels. */
  readonly records: boolean
  /** Called between two experiments, with the run's folder. What it throws is told, and stops nothing. */
  readonly betweenExperiments?: (folder: string) => Promise<void>
}

export interface RunResult {
  readonly folder: string
  readonly complete: boolean
  readonly interrupted: boolean
  readonly remarks: readonly string[]
}

export async function runExperiments(options: RunOptions): Promise<RunResult> {
  const made = predictionsKept(options)
  const folder =
    options.unfinished === undefined
      ? await RunFolder.create(options.reports, options.profile, new Date())
      : await RunFolder.reopen(options.unfinished.folder, options.reports, made)
  const run = new ExperimentRun(options, folder, made)
  try {
    return await run.execute()
  } finally {
    await folder.close()
  }
}

/** Of an unfinished run: an experiment whose answers are not complete is asked again from the beginning. */
function predictionsKept({ unfinished, experiments, machine, ...asked }: RunOptions): PredictionLine[] {
  const made = unfinished?.predictions ?? []
  const whole = experiments.filter((each) => isPredicted(each, { ...asked, made, processors: machine.cores }))
  return made.filter((line) => whole.some(({ id }) => id === line.experiment))
}

class ExperimentRun {
  readonly #options: RunOptions
  readonly #agenda: Agenda
  readonly #folder: RunFolder
  readonly #progress: Progress
  readonly #topologies: Topologies
  readonly #prepareContext: PrepareContext
  readonly #predictions: Predictions
  readonly #manifest: Manifest
  readonly #samples: Sample[]
  /** Experiments of which this process took samples, or made predictions. */
  readonly #entered = new Set<Experiment>()
  /** Whether samples were taken since the report was written. */
  #hasNews = false

  constructor(options: RunOptions, folder: RunFolder, made: readonly PredictionLine[]) {
    const { unfinished } = options
    const now = new Date().toISOString()
    this.#options = options
    this.#samples = [...(unfinished?.samples ?? [])]
    this.#agenda = new Agenda(options, this.#samples)
    this.#folder = folder
    this.#progress = options.progress
    this.#topologies = new Topologies(options.sampler)
    this.#manifest = {
      schemaVersion,
      run: folder.run,
      profile: options.profile,
      startedAt: unfinished?.manifest.startedAt ?? now,
      resumedAt: unfinished === undefined ? [] : [...unfinished.manifest.resumedAt, now],
      endedAt: null,
      complete: false,
      remarks: ['The run has not ended.'],
      notices: [],
      records: options.records,
      seed: options.seed,
      source: options.source,
      machine: options.machine,
      topologies: { ...unfinished?.manifest.topologies },
      commands: [...(unfinished?.manifest.commands ?? [])],
      experiments: [...options.experiments],
      budgetMinutes: options.budgetMinutes ?? null,
      samplesPlanned: this.#agenda.planned,
      ...(options.shard === undefined ? {} : { shard: options.shard }),
    }
    this.#prepareContext = {
      signal: options.signal,
      log: (line) => appendLog(folder.runLog, line),
      recordCommand: (argv) => {
        this.#manifest.commands.push({ at: new Date().toISOString(), command: quoteCommand(argv) })
      },
    }
    this.#predictions = new Predictions({
      ...options,
      made,
      folder,
      context: this.#prepareContext,
      processors: options.machine.cores,
      note: (line) => this.#progress.note(line),
    })
  }

  async execute(): Promise<RunResult> {
    await this.#writeManifest()
    this.#progress.started(this.#folder.run, this.#agenda.planned, this.#agenda.taken)
    let fatal: unknown
    try {
      await this.#takeSamples()
    } catch (error) {
      fatal = error
    }
    for (const part of [this.#predictions, this.#options.sampler]) {
      await part.dispose().catch((error: unknown) => {
        this.#progress.note(`Cleaning up failed: ${messageOf(error)}`)
      })
    }
    this.#progress.ended()
    await this.#end(fatal)
    if (fatal !== undefined && !this.#options.signal.aborted) throw fatal
    return {
      folder: this.#folder.path,
      complete: this.#manifest.complete,
      interrupted: this.#options.signal.aborted,
      remarks: this.#manifest.remarks,
    }
  }

  async #takeSamples(): Promise<void> {
    let previous: ScheduledSample | undefined
    for (let next = this.#agenda.next(); next !== undefined; next = this.#agenda.next()) {
      // What comes before a round is part of its first sample's time, or a budget would not see it.
      const began = performance.now()
      if (previous?.experiment !== next.experiment || previous.round !== next.round) {
        if (previous !== undefined) await this.#writeManifest()
        await this.#enterRound(previous?.experiment, next)
        if (this.#options.signal.aborted) return
      }
      previous = next
      const sample = await this.#take(next, began)
      if (this.#options.signal.aborted) return
      await this.#folder.appendSample(sample)
      this.#samples.push(sample)
      this.#agenda.note(sample)
      this.#hasNews = true
      this.#progress.sampled({
        scheduled: next,
        sample,
        samples: this.#samples,
        planned: this.#agenda.planned,
        ahead: this.#agenda.sureSamples(),
        isOpenEnded: this.#agenda.isOpenEnded(next.experiment),
      })
    }
    await this.#predictions.makeFor(previous?.experiment)
    await this.#predictRest()
  }

  async #enterRound(last: Experiment | undefined, { experiment, round }: ScheduledSample): Promise<void> {
    if (last !== experiment) {
      await this.#changeExperiment(last, experiment)
      // In a run that is gone on with, these rounds were another process's: its costs are gone.
      await this.#calibrate(experiment, round)
    }
    if (!this.#options.signal.aborted) await this.#predictions.beginRound(experiment)
  }

  async #changeExperiment(last: Experiment | undefined, next: Experiment): Promise<void> {
    await this.#predictions.makeFor(last)
    if (this.#hasNews && !this.#options.signal.aborted) {
      await this.#options.betweenExperiments?.(this.#folder.path).catch((error: unknown) => {
        this.#progress.note(`Writing the report failed: ${messageOf(error)}`)
      })
      this.#hasNews = false
    }
    if (!this.#options.signal.aborted) await this.#prepareFor(next)
  }

  /** With a budget an experiment may come again: what it predicts stands. */
  async #prepareFor(experiment: Experiment): Promise<void> {
    if (this.#entered.has(experiment)) return
    this.#entered.add(experiment)
    await this.#predictions.prepareFor(experiment)
  }

  async #calibrate(experiment: Experiment, rounds: number): Promise<void> {
    for (let round = 0; round < rounds && !this.#options.signal.aborted; round += 1)
      await this.#predictions.beginRound(experiment)
  }

  /** Predictions of experiments whose samples were all there when the run was gone on with. */
  async #predictRest(): Promise<void> {
    for (const experiment of this.#options.experiments) {
      if (this.#options.signal.aborted) return
      if (this.#entered.has(experiment)) continue
      const rounds = this.#samples
        .filter(({ experiment: id }) => id === experiment.id)
        .map(({ round }) => round)
      await this.#prepareFor(experiment)
      await this.#calibrate(experiment, Math.max(-1, ...rounds) + 1)
      await this.#predictions.makeFor(experiment)
    }
  }

  async #take(scheduled: ScheduledSample, began: number): Promise<Sample> {
    const log = await this.#folder.makeLog(scheduled)
    const topology = scheduled.cell.factors.topology
    const startedAt = new Date().toISOString()
    const ready = await this.#topologies.makeReady(topology, this.#prepareContext)
    if (ready.facts !== undefined) this.#manifest.topologies[topology] = { ...ready.facts }
    if (ready.failure !== undefined) appendLog(log, `not tried: ${ready.failure.reason}`)
    const outcome =
      ready.failure === undefined
        ? await takeSample(this.#options.sampler, scheduled, log, {
            ...this.#prepareContext,
            profile: this.#options.profile,
            next: this.#agenda.after(scheduled),
          })
        : ({ status: 'failed', failure: ready.failure } as const)
    if (outcome.status === 'failed') this.#topologies.suspect(topology)
    const identity = {
      experiment: scheduled.experiment.id,
      cell: scheduled.cell.id,
      factors: scheduled.cell.factors,
      round: scheduled.round,
      attempt: scheduled.attempt,
      order: scheduled.order,
      startedAt,
      tookMillis: Math.round(performance.now() - began),
      log: this.#folder.relative(log),
    }
    if (outcome.status === 'failed') return { ...identity, status: 'failed', failure: outcome.failure }
    return { ...identity, status: 'measured', ...outcome.measurement }
  }

  async #writeManifest(): Promise<void> {
    this.#manifest.samplesPlanned = this.#agenda.planned
    this.#manifest.notices = noticesOn(this.#samples)
    await this.#folder.writeManifest(this.#manifest)
  }

  async #end(fatal: unknown): Promise<void> {
    const remarks: string[] = []
    if (this.#options.signal.aborted) remarks.push('The run was interrupted.')
    else if (fatal instanceof HarnessError) remarks.push(fatal.reason)
    else if (fatal !== undefined) remarks.push(messageOf(fatal))
    remarks.push(...remarksOn(this.#samples, this.#agenda, this.#options))
    remarks.push(...this.#predictions.remarks)
    this.#manifest.remarks = remarks
    this.#manifest.complete = remarks.length === 0
    this.#manifest.endedAt = new Date().toISOString()
    try {
      await this.#writeManifest()
    } catch (error) {
      if (fatal === undefined) throw error
    }
  }
}

/** A command as a shell would take it. */
export function quoteCommand(argv: readonly string[]): string {
  return argv
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ')
}
