/**
 * What the runner needs from whoever can predict. `harness/calibrate/virtual-cores.ts` has the one that asks the virtual
 * cores; tests have their own. Called by the runner only, one call at a time, and never while a sample is taken.
 */
import type { Calibration } from '../calibrate/calibrate.ts'
import type { Answer } from '../calibrate/predict.ts'
import type { PredictionQuestion } from '../calibrate/questions.ts'

export interface CalibrationRequest {
  /** File to write what operations cost to. */
  readonly path: string
  /** How many there will be at most. */
  readonly repetitions: number
  readonly seed: number
  readonly signal: AbortSignal
  progress(line: string): void
}

export interface Predictor {
  /**
   * Gets ready to measure what operations cost on this machine, in between of samples. Throws HarnessError; has cleaned up,
   * or will when the command ends.
   */
  calibrate(request: CalibrationRequest): Promise<Calibration>

  /** The answers by the costs in a file, in the order of the questions. Throws HarnessError at the first without one. */
  predict(
    costsPath: string,
    questions: readonly PredictionQuestion[],
    signal: AbortSignal,
  ): AsyncGenerator<Answer>
}
