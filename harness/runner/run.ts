/**
 * Runs a schedule of samples, or what is left of one. Owns order, files and failures; knows nothing of containers.
 * Invariant: every scheduled sample ends as one line of `samples.ndjson`, unless the run was interrupted or the disk is
 * full, and nothing is tried twice without being recorded.
 */
import { HarnessError, messageOf } from '../error.ts'
import type { Experiment } from '../matrix/experiment.ts'
import { type ScheduledSample, schedule } from '../matrix/schedule.ts'
import { type Machine, type Manifest, type Profile, schemaVersion } from '../result/manifest.ts'
import type { PredictionLine } from '../result/prediction.ts'
import type { Sample } from '../result/sample.ts'
import type { Run } from '../result/store.ts'
import { faultsOf } from '../result/validity.ts'
import { isPredicted, Predictions } from './predictions.ts'
import type { Predictor } from './predictor.ts'
import type { Progress } from './progress.ts'
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
  readonly progress: (schedule: readonly ScheduledSample[]) => Progress
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
  const samples = schedule(options.experiments, options.profile, options.seed)
  const made = predictionsKept(options)
  const folder =
    options.unfinished === undefined
      ? await RunFolder.create(options.reports, options.profile, new Date())
      : await RunFolder.reopen(options.unfinished.folder, options.reports, made)
  const run = new ExperimentRun(options, samples, folder, made)
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
  readonly #schedule: readonly ScheduledSample[]
  readonly #folder: RunFolder
  readonly #progress: Progress
  readonly #topologies: Topologies
  readonly #prepareContext: PrepareContext
  readonly #predictions: Predictions
  readonly #manifest: Manifest
  /** Places in the schedule of the samples that an earlier process took. */
  readonly #there: ReadonlySet<number>
  #failed = 0
  #void = 0
  #taken = 0

  constructor(
    options: RunOptions,
    samples: readonly ScheduledSample[],
    folder: RunFolder,
    made: readonly PredictionLine[],
  ) {
    const { unfinished } = options
    const now = new Date().toISOString()
    this.#options = options
    this.#schedule = samples
    this.#folder = folder
    this.#progress = options.progress(samples)
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
      records: options.records,
      seed: options.seed,
      source: options.source,
      machine: options.machine,
      topologies: { ...unfinished?.manifest.topologies },
      commands: [...(unfinished?.manifest.commands ?? [])],
      experiments: [...options.experiments],
      samplesPlanned: samples.length,
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
    const samplesThere = unfinished?.samples ?? []
    this.#there = new Set(samplesThere.map(({ order }) => order))
    for (const sample of samplesThere) this.#count(sample)
  }

  async execute(): Promise<RunResult> {
    await this.#folder.writeManifest(this.#manifest)
    this.#progress.started(this.#folder.run, this.#schedule.length, this.#there.size)
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
    for (const scheduled of this.#schedule) {
      const isFirst = previous?.experiment !== scheduled.experiment
      if (isFirst || previous?.round !== scheduled.round) {
        if (previous !== undefined) await this.#folder.writeManifest(this.#manifest)
        if (isFirst) await this.#changeExperiment(previous?.experiment, scheduled.experiment)
        if (this.#options.signal.aborted) return
        await this.#predictions.beginRound(scheduled.experiment)
        if (this.#options.signal.aborted) return
      }
      previous = scheduled
      if (this.#there.has(scheduled.order)) continue
      const began = performance.now()
      const sample = await this.#take(scheduled)
      if (this.#options.signal.aborted) return
      await this.#folder.appendSample(sample)
      this.#count(sample)
      this.#progress.sampled(scheduled, sample, performance.now() - began)
    }
    await this.#predictions.makeFor(previous?.experiment)
  }

  async #changeExperiment(last: Experiment | undefined, next: Experiment): Promise<void> {
    await this.#predictions.makeFor(last)
    // While nothing new was taken there is nothing new to show.
    const isNew = this.#taken > this.#there.size
    if (isNew && !this.#options.signal.aborted) {
      await this.#options.betweenExperiments?.(this.#folder.path).catch((error: unknown) => {
        this.#progress.note(`Writing the report failed: ${messageOf(error)}`)
      })
    }
    await this.#predictions.prepareFor(next)
  }

  async #take(scheduled: ScheduledSample): Promise<Sample> {
    const log = await this.#folder.makeLog(scheduled.experiment.id, scheduled.cell.id, scheduled.round)
    const topology = scheduled.cell.factors.topology
    const startedAt = new Date().toISOString()
    const ready = await this.#topologies.makeReady(topology, this.#prepareContext)
    if (ready.facts !== undefined) this.#manifest.topologies[topology] = { ...ready.facts }
    if (ready.failure !== undefined) appendLog(log, `not tried: ${ready.failure.reason}`)
    const outcome =
      ready.failure === undefined
        ? await takeSample(this.#options.sampler, scheduled, log, this.#prepareContext, this.#options.profile)
        : ({ status: 'failed', failure: ready.failure } as const)
    if (outcome.status === 'failed') this.#topologies.suspect(topology)
    const identity = {
      experiment: scheduled.experiment.id,
      cell: scheduled.cell.id,
      factors: scheduled.cell.factors,
      round: scheduled.round,
      order: scheduled.order,
      startedAt,
      log: this.#folder.relative(log),
    }
    if (outcome.status === 'failed') return { ...identity, status: 'failed', failure: outcome.failure }
    return { ...identity, status: 'measured', ...outcome.measurement }
  }

  #count(sample: Sample): void {
    this.#taken += 1
    if (sample.status === 'failed') this.#failed += 1
    else if (faultsOf(sample).length > 0) this.#void += 1
  }

  async #end(fatal: unknown): Promise<void> {
    const remarks: string[] = []
    if (this.#options.signal.aborted) remarks.push('The run was interrupted.')
    else if (fatal instanceof HarnessError) remarks.push(fatal.reason)
    else if (fatal !== undefined) remarks.push(messageOf(fatal))
    const missing = this.#schedule.length - this.#taken
    if (missing > 0) remarks.push(`${missing} of ${this.#schedule.length} samples were not taken.`)
    if (this.#failed > 0) remarks.push(`${this.#failed} of ${this.#taken} samples failed.`)
    if (this.#void > 0)
      remarks.push(`${this.#void} of ${this.#taken} samples are void: wrong bytes or states.`)
    remarks.push(...this.#predictions.remarks)
    this.#manifest.remarks = remarks
    this.#manifest.complete = remarks.length === 0
    this.#manifest.endedAt = new Date().toISOString()
    try {
      await this.#folder.writeManifest(this.#manifest)
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
