/**
 * The interface between the runner and a predictor. `harness/calibrate/virtual-cores.ts` implements it; tests have
 * predictors of their own. Called by the runner only, one call at a time, and never while a sample is taken.
 */
import type { Calibration } from '../calibrate/calibrate.ts'
import type { Answer } from '../calibrate/predict.ts'
import type { PredictionQuestion } from '../calibrate/questions.ts'

export interface CalibrationRequest {
  /** File to write what operations cost to. */
  readonly path: string
  /** Largest number of repetitions that may follow. */
  readonly repetitions: number
  /** Share of the warm-up before the first repetition: 1, or less in a quick run. */
  readonly warmupShare: number
  readonly seed: number
  readonly signal: AbortSignal
  progress(line: string): void
}

export interface Predictor {
  /**
   * Gets ready to measure between samples what operations cost on this machine. After a HarnessError everything that it
   * made is removed, at the latest when the command ends.
   */
  calibrate(request: CalibrationRequest): Promise<Calibration>

  /** Answers the questions in order, with the costs in a file. Throws HarnessError at the first without an answer. */
  predict(
    costsPath: string,
    questions: readonly PredictionQuestion[],
    signal: AbortSignal,
  ): AsyncGenerator<Answer>
}
