/** What a sampler is given for one sample of a workload, outside of a run. Imported by tests only. */
import type { SampleContext } from '../runner/sampler.ts'
import type { WorkloadSettings } from '../workload/workloads.ts'

export interface ContextOptions {
  readonly workload: WorkloadSettings
  /** Path of the sample's log; other files of the sample go beside it. */
  readonly logPath: string
  readonly isFirst?: boolean
  /** Ids of the cells whose behaviour is shown. */
  readonly behaviour?: readonly string[]
  /** None unless asked for: a test asserts no speed, and four exchanges more take two seconds. */
  readonly warmupShare?: number
  log?(line: string): void
}

export function sampleContext({
  workload,
  logPath,
  isFirst = true,
  behaviour = [],
  warmupShare = 0,
  log = () => {},
}: ContextOptions): SampleContext {
  return {
    signal: new AbortController().signal,
    log,
    recordCommand: () => {},
    // Samplers read only these fields of an experiment.
    experiment: { id: 'tested', workload, cells: [], behaviour, rounds: { full: 21, quick: 3 } },
    warmupShare,
    measuredShare: 1,
    next: [],
    isFirst,
    seed: 1,
    logPath,
  } as unknown as SampleContext
}
