/** Takes one sample: whatever the sampler does, the answer is an outcome that can be recorded. */
import { z } from 'zod'
import { HarnessError, RunEndingError } from '../error.ts'
import type { ScheduledSample } from '../matrix/schedule.ts'
import type { MeasureName } from '../measure/measures.ts'
import type { Profile } from '../result/manifest.ts'
import { measurementSchema } from '../result/sample.ts'
import { specificationOf } from '../workload/workloads.ts'
import { appendLog } from './run-folder.ts'
import type { NextSample, PrepareContext, SampleContext, SampleOutcome, Sampler } from './sampler.ts'
import { failureOf } from './topologies.ts'
import { unlessAborted } from './unless-aborted.ts'

/** Share of the warm-up. A quick run shows that everything works, and does not wait until all code is compiled. */
const warmupShare: Readonly<Record<Profile, number>> = { full: 1, quick: 0 }
/** Share of what is measured: several short rounds show more than a long one. */
const measuredShare: Readonly<Record<Profile, number>> = { full: 1, quick: 1 / 10 }

/** What all samples of a round have in common. */
interface RoundContext extends PrepareContext {
  readonly profile: Profile
  /** The samples of the same round that come after this one. */
  readonly next: readonly NextSample[]
}

export async function takeSample(
  sampler: Sampler,
  scheduled: ScheduledSample,
  logPath: string,
  { profile, next, ...prepareContext }: RoundContext,
): Promise<SampleOutcome> {
  const { experiment, cell, round, seed } = scheduled
  const context: SampleContext = {
    ...prepareContext,
    log: (line) => appendLog(logPath, line),
    experiment,
    warmupShare: warmupShare[profile],
    measuredShare: measuredShare[profile],
    next,
    isFirst: round === 0 && scheduled.attempt === 0,
    seed,
    logPath,
  }
  context.log(`${experiment.id} ${cell.id}, round ${round}, seed ${seed}`)
  const taken = unlessAborted(context.signal, sampler.take(cell, round, context))
  const outcome = await taken.catch((error: unknown): SampleOutcome => {
    if (error instanceof RunEndingError) throw error
    if (!(error instanceof HarnessError) && error instanceof Error) context.log(error.stack ?? error.message)
    return { status: 'failed', failure: failureOf(error) }
  })
  const { measures } = specificationOf(experiment.workload)
  const checked = outcome.status === 'measured' ? checkMeasurement(outcome, measures) : outcome
  context.log(checked.status === 'failed' ? `failed: ${checked.failure.reason}` : 'measured')
  return checked
}

function checkMeasurement(
  outcome: SampleOutcome & { status: 'measured' },
  measures: readonly MeasureName[],
): SampleOutcome {
  const result = measurementSchema.safeParse(outcome.measurement)
  if (!result.success) return impossible(z.prettifyError(result.error))
  const known = Object.keys(result.data.measures)
  const missing = measures.filter((name) => !known.includes(name))
  const foreign = known.filter((name) => !measures.some((own) => own === name))
  if (missing.length === 0 && foreign.length === 0) return outcome
  return impossible(
    `missing [${missing.join(', ')}], not asked for [${foreign.join(', ')}]`,
    'Let `conclude` in the host-side.ts of the workload return what its specification.ts lists as `measures`.',
  )
}

function impossible(
  what: string,
  remedy = 'This is a defect of the harness; the log holds what came before.',
): SampleOutcome {
  return {
    status: 'failed',
    failure: {
      reason: `The sampler reported an impossible measurement: ${what}`,
      remedy,
    },
  }
}
