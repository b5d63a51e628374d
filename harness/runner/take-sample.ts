/** Takes one sample: whatever the executor does, the answer is an outcome that can be recorded. */
import { z } from 'zod'
import { HarnessError } from '../error.ts'
import { bytesKeyOf } from '../matrix/expand.ts'
import type { ScheduledSample } from '../matrix/schedule.ts'
import type { Profile } from '../result/manifest.ts'
import { measurementSchema } from '../result/sample.ts'
import type { PrepareContext, SampleContext, SampleExecutor, SampleOutcome } from './executor.ts'
import { appendLog } from './run-folder.ts'
import { failureOf } from './topologies.ts'
import { unlessAborted } from './unless-aborted.ts'

/** A quick run shows that everything works; it need not wait until the last function is compiled. */
const warmupShare: Readonly<Record<Profile, number>> = { full: 1, quick: 0.25 }

export async function takeSample(
  executor: SampleExecutor,
  scheduled: ScheduledSample,
  logPath: string,
  prepareContext: PrepareContext,
  profile: Profile,
): Promise<SampleOutcome> {
  const { experiment, cell, round, seed } = scheduled
  const work = bytesKeyOf(cell.factors, experiment.traffic)
  const context: SampleContext = {
    ...prepareContext,
    log: (line) => appendLog(logPath, line),
    experiment,
    transferBytes: experiment.transferBytes[work] as number,
    warmupBytes: Math.ceil((experiment.warmupBytes[work] as number) * warmupShare[profile]),
    isLast: round === experiment.rounds[profile] - 1,
    seed,
    logPath,
  }
  context.log(`${experiment.id} ${cell.id}, round ${round}, seed ${seed}`)
  const executed = unlessAborted(context.signal, executor.execute(cell, round, context))
  const outcome = await executed.catch((error: unknown): SampleOutcome => {
    if (!(error instanceof HarnessError) && error instanceof Error) context.log(error.stack ?? error.message)
    return { status: 'failed', failure: failureOf(error) }
  })
  const checked = outcome.status === 'measured' ? checkMeasurement(outcome) : outcome
  context.log(checked.status === 'failed' ? `failed: ${checked.failure.reason}` : 'measured')
  return checked
}

function checkMeasurement(outcome: SampleOutcome & { status: 'measured' }): SampleOutcome {
  const result = measurementSchema.safeParse(outcome.measurement)
  if (result.success) return outcome
  return {
    status: 'failed',
    failure: {
      reason: `The executor reported an impossible measurement: ${z.prettifyError(result.error)}`,
      remedy: 'This is a defect of the harness; the log holds what came before.',
    },
  }
}
