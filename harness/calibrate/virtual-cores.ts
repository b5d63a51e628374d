/** The predictor of real runs: calibrates in a container of its own, then asks the virtual cores. */
import { HarnessError } from '../error.ts'
import type { Predictor } from '../runner/predictor.ts'
import { openCalibration, readCosts } from './calibrate.ts'
import { predictAll } from './predict.ts'

/** Time limit for all predictions of an experiment: several times what they take in a full run on two processors. */
const mostMillis = 600_000

export const virtualCores: Predictor = {
  calibrate: openCalibration,

  async *predict(costsPath, questions, signal) {
    const timeout = AbortSignal.timeout(mostMillis)
    try {
      yield* predictAll(await readCosts(costsPath), questions, AbortSignal.any([signal, timeout]))
    } catch (error) {
      if (!timeout.aborted || signal.aborted) throw error
      throw new HarnessError(
        `The virtual cores took longer than ${mostMillis / 60_000} minutes.`,
        'Plan fewer draws, or fewer replicas, in `predictions` of the experiment.',
        error,
      )
    }
  },
}
