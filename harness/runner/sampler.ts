/**
 * The interface between the runner and a sampler; `harness/testbed/sampler.ts` implements it. The runner owns schedule,
 * files and failures; a sampler owns containers, devices and traffic. Called by the runner only, one call at a time.
 */
import type { Cell, Experiment } from '../matrix/experiment.ts'
import type { Failure, Measurement } from '../result/sample.ts'

export interface PrepareContext {
  /** Aborted on Ctrl-C: give up soon, and leave cleaning up to `dispose`. */
  readonly signal: AbortSignal
  /** Appends a line to the run's own log. */
  log(line: string): void
  /** Every command that is run on a host or in a container, for the manifest. */
  recordCommand(argv: readonly string[]): void
}

export interface NextSample {
  readonly cell: Cell
  readonly seed: number
}

export interface SampleContext extends PrepareContext {
  readonly experiment: Experiment
  /** Share of the experiment's warm-up that is to be done: 1, or 0 in a quick run. */
  readonly warmupShare: number
  /** Share of the amount that each sample measures: 1, or less in a quick run. */
  readonly measuredShare: number
  /** Samples of the same experiment and round that come after this one, so that they can be prepared together. */
  readonly next: readonly NextSample[]
  /** The run has no earlier sample of this cell. */
  readonly isFirst: boolean
  /** Seeds everything random in this sample: 32 bits, not negative. */
  readonly seed: number
  /** Absolute path of this sample's log; `log` appends to it. Other files of the sample go beside it. */
  readonly logPath: string
}

/** What the sampler learned about a topology's hosts: kernel settings and versions by name. */
export type TopologyFacts = Readonly<Record<string, string>>

export type SampleOutcome =
  | { readonly status: 'measured'; readonly measurement: Measurement }
  | { readonly status: 'failed'; readonly failure: Failure }

export interface Sampler {
  /**
   * Makes a topology ready: before its first sample, and again after each sample of it that failed. So it has to be
   * repeatable, and to replace containers and processes that died. Topologies stay up, side by side, until `dispose`.
   * Throws HarnessError; the topology's samples are then recorded as failed with that reason. RunEndingError, here and
   * from `take`, ends the run instead.
   */
  prepare(topology: string, context: PrepareContext): Promise<TopologyFacts>

  /** Takes one sample. A HarnessError thrown here is recorded as the sample's failure; the run goes on. */
  take(cell: Cell, round: number, context: SampleContext): Promise<SampleOutcome>

  /** Removes everything that `prepare` made. Called once, also after an abort. */
  dispose(): Promise<void>
}

export interface SamplerOptions {
  /** Keeps the log of a channel beside the first sample of every replicated cell. */
  readonly record?: boolean | undefined
}
