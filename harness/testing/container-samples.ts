/** Takes samples in containers, which are there until the tests of a file have ended. Imported by tests only. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { type Factors, identifyFactors } from '../matrix/factors.ts'
import type { Measurement } from '../result/sample.ts'
import { ContainerSampler } from '../testbed/sampler.ts'
import type { WorkloadSettings } from '../workload/workloads.ts'
import { sampleContext } from './sample-context.ts'

/** Returns a function that takes one sample, and rejects if the sample failed. */
export function containerSamples(workload: WorkloadSettings): (factors: Factors) => Promise<Measurement> {
  const sampler = new ContainerSampler()
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dominoes-test-'))
  })
  afterAll(async () => {
    await sampler.dispose()
    await rm(folder, { recursive: true, force: true })
  })
  return async (factors) => {
    const context = sampleContext({ workload, logPath: join(folder, 'log') })
    const outcome = await sampler.take({ id: identifyFactors(factors), factors }, 0, context)
    if (outcome.status === 'failed') throw new Error(outcome.failure.reason)
    return outcome.measurement
  }
}
