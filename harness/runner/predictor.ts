/**
 * What the runner needs from whoever can predict. `harness/calibrate/virtual-cores.ts` has the one that asks the virtual
 * cores; tests have their own. Called by the runner only, one call at a time, and never while a sample is taken.
 */
import type { Answer } from '../calibrate/predict.ts'
import type { PredictionQuestion } from '../calibrate/questions.ts'

export interface CalibrationRequest {
  /** File to write what operations cost to. */
  readonly path: string
  readonly repetitions: number
  readonly seed: number
  readonly signal: AbortSignal
  progress(line: string): void
}

export interface Predictor {
  /** Measures what operations cost on this machine. Throws HarnessError; has cleaned up, or will when the command ends. */
  calibrate(request: CalibrationRequest): Promise<void>

  /** The answers by the costs in a file, in the order of the questions. Throws HarnessError at the first without one. */
  predict(
    costsPath: string,
    questions: readonly PredictionQuestion[],
    signal: AbortSignal,
  ): AsyncGenerator<Answer>
}
