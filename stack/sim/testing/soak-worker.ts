/** One thread of a soak: runs the chunks that it is given, and reports the outcome of each. Started by `soak.ts`. */
import { parentPort, workerData } from 'node:worker_threads'
import fc from 'fast-check'
import type { RoughScenario } from '../../protocol/testing/rough-scenario.ts'
import { propertyOf, type SoakCase, soakCases } from './soak-cases.ts'

export interface Chunk {
  readonly caseName: string
  readonly seed: number
  readonly runs: number
  /** Where fast-check begins: the number of a run, or a whole path of shrinking. */
  readonly path?: string
}

export interface ChunkOutcome {
  readonly failure?: {
    readonly message: string
    readonly path: string
    readonly scenario: RoughScenario
  }
}

/** Word of the shared counter: runs begun in this chunk, so that a run that never ends can be named. */
const begun = new Int32Array(workerData as SharedArrayBuffer)

parentPort?.on('message', ({ caseName, seed, runs, path }: Chunk) => {
  const soakCase = soakCases.find(({ name }) => name === caseName) as SoakCase
  Atomics.store(begun, 0, 0)
  const property = propertyOf(soakCase, () => Atomics.add(begun, 0, 1))
  const details = fc.check(property, { seed, numRuns: runs, ...(path === undefined ? {} : { path }) })
  const outcome: ChunkOutcome = details.failed
    ? {
        failure: {
          message: String(details.errorInstance),
          path: details.counterexamplePath ?? '',
          scenario: (details.counterexample as [RoughScenario])[0],
        },
      }
    : {}
  parentPort?.postMessage(outcome)
})
