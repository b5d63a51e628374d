/**
 * A run in containers for tests that disturb it: six samples of one topology, told and ended as `reproduce` does. It goes
 * on with what an earlier process left unfinished in the same folder.
 *
 *     node small-run.ts <reports>
 */
import { virtualCores } from '../../calibrate/virtual-cores.ts'
import { failureCode, printError } from '../../cli/exit.ts'
import { interruptible } from '../../cli/interrupt.ts'
import { withCleanUp } from '../../cli/with-clean-up.ts'
import { resolveDefinition } from '../../matrix/load.ts'
import { describeMachine } from '../../runner/machine.ts'
import { LineProgress } from '../../runner/progress.ts'
import { findUnfinished } from '../../runner/resume.ts'
import { runExperiments } from '../../runner/run.ts'
import type { Sampler } from '../../runner/sampler.ts'
import { smallDefinition } from '../../testing/fixtures.ts'
import { ContainerSampler } from '../sampler.ts'

const [reports = ''] = process.argv.slice(2)
const wanted = {
  experiments: [
    resolveDefinition('small.ts', {
      ...smallDefinition,
      workload: {
        kind: 'bulk',
        direction: 'send',
        transferBytes: { checksum: 128 * 2 ** 20 },
        warmupBytes: { checksum: 2 ** 20 },
      },
      cells: [
        { strategy: ['sequential'], payloadWork: ['checksum'] },
        { strategy: ['replicated'], replicas: [2], payloadWork: ['checksum'] },
      ],
      baselines: ['sequential'],
      rounds: { full: 7, quick: 3 },
    }),
  ],
  profile: 'quick' as const,
  seed: 7,
  machine: await describeMachine(),
  source: { commit: 'c0ffee', dirty: false, changes: null },
  records: false,
}
/** Whatever else this machine does meanwhile, no sample is taken twice: the tests count them. */
function withoutWatch(sampler: Sampler): Sampler {
  return {
    prepare: (...asked) => sampler.prepare(...asked),
    dispose: () => sampler.dispose(),
    take: async (...asked) => {
      const outcome = await sampler.take(...asked)
      if (outcome.status === 'failed') return outcome
      const { interference: _, ...measurement } = outcome.measurement
      return { ...outcome, measurement }
    },
  }
}

const tell = (line: string) => process.stdout.write(`${line}\n`)
const signal = interruptible()

try {
  const { run: unfinished } = await findUnfinished(reports, wanted)
  const { remarks } = await withCleanUp(() =>
    runExperiments({
      ...wanted,
      unfinished,
      sampler: withoutWatch(new ContainerSampler()),
      predictor: virtualCores,
      reports,
      signal,
      progress: new LineProgress(tell),
    }),
  )
  for (const remark of remarks) tell(remark)
  process.exitCode = remarks.length === 0 ? 0 : failureCode
} catch (error) {
  printError(error)
  process.exitCode = failureCode
}
process.exit()
