/**
 * The predictions of a run. If an experiment plans predictions, the machine is calibrated in each of its rounds, so
 * that slow minutes of the machine affect costs and samples alike. The virtual cores are asked after the experiment's
 * last sample. Invariant: a failure of calibration or prediction is recorded and told, and stops no sample.
 */
import type { Calibration } from '../calibrate/calibrate.ts'
import { type PlannedQuestion, questionsOf } from '../calibrate/questions.ts'
import type { Experiment } from '../matrix/experiment.ts'
import type { Profile } from '../result/manifest.ts'
import { type PredictionLine, predictionSchema } from '../result/prediction.ts'
import type { Predictor } from './predictor.ts'
import type { RunFolder } from './run-folder.ts'
import type { PrepareContext } from './sampler.ts'
import { failureOf } from './topologies.ts'
import { unlessAborted } from './unless-aborted.ts'

/** Share of the calibration's warm-up: in a quick run it would take as long as all samples of its experiment. */
const warmupShare: Readonly<Record<Profile, number>> = { full: 1, quick: 1 / 8 }

export interface PredictionsOptions {
  readonly predictor: Predictor
  readonly folder: RunFolder
  readonly profile: Profile
  readonly seed: number
  readonly context: PrepareContext
  /** Those that the run made before it was interrupted. */
  readonly made: readonly PredictionLine[]
  /** The processors of this machine, on which cells are measured. */
  readonly processors: number
  note(line: string): void
}

/** Of a failed prediction, for the run's remarks. */
function remarkOn({ experiment, failure }: Extract<PredictionLine, { kind: 'failure' }>): string {
  return `The predictions of ${experiment} are missing or not complete: ${failure.reason}`
}

type Asked = Pick<PredictionsOptions, 'made' | 'profile' | 'seed' | 'processors'>

/** Whether all that the experiment planned was predicted, or is known to fail. */
export function isPredicted(experiment: Experiment, { made, profile, seed, processors }: Asked): boolean {
  const own = made.filter((line) => line.experiment === experiment.id)
  if (own.some((line) => line.kind === 'failure')) return true
  return own.length === questionsOf(experiment, profile, processors, seed).length
}

export class Predictions {
  /** Which predictions are missing and why, in whole sentences. */
  readonly remarks: string[]
  readonly #options: PredictionsOptions
  /** Of the experiment whose samples are being taken, if it plans predictions and nothing failed. */
  #calibration: Calibration | undefined

  constructor(options: PredictionsOptions) {
    this.#options = options
    this.remarks = options.made.flatMap((line) => (line.kind === 'failure' ? [remarkOn(line)] : []))
  }

  /** Gets ready to calibrate if the experiment plans predictions. Throws HarnessError if the folder is not writable. */
  async prepareFor(experiment: Experiment): Promise<void> {
    const { id, predictions, rounds } = experiment
    if (predictions === undefined || isPredicted(experiment, this.#options)) return
    const { predictor, folder, profile, seed, context, note } = this.#options
    const repetitions = rounds[profile] * predictions[profile].repetitionsPerRound
    const tell = (line: string) => {
      context.log(`calibrate: ${line}`)
      note(`${id}, calibrating: ${line}`)
    }
    context.recordCommand(['calibrate', '--repetitions', String(repetitions), '--output', folder.costs])
    const { signal } = context
    const request = {
      path: folder.costs,
      repetitions,
      warmupShare: warmupShare[profile],
      seed,
      signal,
      progress: tell,
    }
    const opened = predictor.calibrate(request)
    try {
      this.#calibration = await unlessAborted(signal, opened)
    } catch (error) {
      // After an interrupt the calibration may still get ready: then it has to be closed.
      opened.then((calibration) => calibration.close()).catch(() => {})
      await this.#fail(id, error)
    }
  }

  /** Calibrates before the samples of a round. Throws HarnessError if the folder is not writable. */
  async beginRound({ id, predictions }: Experiment): Promise<void> {
    const repetitions = predictions?.[this.#options.profile].repetitionsPerRound ?? 0
    for (let k = 0; k < repetitions && this.#calibration !== undefined; k++) {
      try {
        await unlessAborted(this.#options.context.signal, this.#calibration.repeat())
      } catch (error) {
        await this.#close()
        await this.#fail(id, error)
      }
    }
  }

  /** Ends a calibration that is still open: of a run that was interrupted, or failed. */
  async dispose(): Promise<void> {
    await this.#close()
  }

  /** Asks what the experiment planned, after its last sample. Throws HarnessError if the folder is not writable. */
  async makeFor(experiment: Experiment | undefined): Promise<void> {
    if (experiment === undefined || this.#calibration === undefined) return
    try {
      await this.#calibration.write()
    } catch (error) {
      await this.#fail(experiment.id, error)
      return
    } finally {
      await this.#close()
    }
    const { predictor, folder, profile, seed, processors, context } = this.#options
    const questions = questionsOf(experiment, profile, processors, seed)
    const answers = predictor.predict(folder.costs, questions, context.signal)
    for (const [index, question] of questions.entries()) {
      try {
        const { value, done } = await unlessAborted(context.signal, answers.next())
        if (done === true) throw new Error(`only ${index} of ${questions.length} answers came`)
        const { seed: _seed, ...asked } = question
        const line = predictionSchema.parse({ experiment: experiment.id, ...asked, ...value })
        await folder.appendPrediction(line)
        this.#tell(experiment.id, question, index, questions.length, value.speedup.median)
      } catch (error) {
        // Not awaited, since it may hang. After an interrupt the signal ends the virtual cores.
        answers.return(undefined).catch(() => {})
        await this.#fail(experiment.id, error)
        return
      }
    }
  }

  /** Reports a failure, but does not throw: the end of the command removes what is left, and the samples are kept. */
  async #close(): Promise<void> {
    const calibration = this.#calibration
    this.#calibration = undefined
    await calibration?.close().catch((error: unknown) => {
      const { reason } = failureOf(error)
      this.#options.context.log(`closing the calibration failed: ${reason}`)
      this.#options.note(`Closing the calibration failed. ${reason}`)
    })
  }

  #tell(id: string, question: PlannedQuestion, index: number, count: number, speedup: number): void {
    const { strategy, replicas, payloadWork, processors, kind } = question
    const what = `${strategy}${replicas === undefined ? '' : ` N=${replicas}`}, ${payloadWork}`
    const where = kind === 'check' ? `the ${processors} processors here` : `${processors} processors`
    this.#options.note(
      `${id}, predicting [${index + 1}/${count}] ${what} on ${where}: ${speedup.toFixed(2)} times sequential`,
    )
  }

  async #fail(experiment: string, error: unknown): Promise<void> {
    const { context, folder, note } = this.#options
    if (context.signal.aborted) return
    const { reason, remedy } = failureOf(error)
    context.log(`predictions of ${experiment} failed: ${reason}`)
    note(`${experiment} cannot be predicted. ${reason}\n  → ${remedy}`)
    const line = { kind: 'failure', experiment, failure: { reason, remedy } } as const
    this.remarks.push(remarkOn(line))
    await folder.appendPrediction(line)
  }
}
