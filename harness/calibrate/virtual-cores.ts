/** The predictor of real runs: calibrates in a container of its own, then asks the virtual cores. */
import type { Predictor } from '../runner/predictor.ts'
import { calibrate, readCosts } from './calibrate.ts'
import { predictAll } from './predict.ts'

export const virtualCores: Predictor = {
  async calibrate(request) {
    await calibrate(request)
  },

  async *predict(costsPath, questions, signal) {
    yield* predictAll(await readCosts(costsPath), questions, signal)
  },
}
