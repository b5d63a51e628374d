/** A sample of a workload that runs alone in the stack's container: without a stack, without a peer. */
import { HarnessError } from '../error.ts'
import { watchInterference } from '../fidelity/interference.ts'
import type { SampleContext, SampleOutcome } from '../runner/sampler.ts'
import type { AloneSide } from '../workload/host-side.ts'
import type { WorkloadPlan } from '../workload/specification.ts'
import type { Testbed } from './testbed.ts'

/** Of the experiment's warm-up and of what it measures, also in a quick run. */
const leastShare = 1 / 4

export async function takeAloneSample(
  testbed: Testbed,
  side: AloneSide,
  { options, amount }: WorkloadPlan,
  round: number,
  context: SampleContext,
): Promise<SampleOutcome> {
  if (testbed.agent === undefined) {
    throw new HarnessError(
      `Topology "${testbed.deployment.topology.id}" has no container of a stack to run this in.`,
      'Use tap in the cells of this experiment.',
    )
  }
  // On new threads every time, which are compiled anew: a shorter sample would measure little else.
  const share = Math.max(leastShare, context.measuredShare)
  const extent = { settling: share * amount.warmup, measured: share * amount.measured }
  const { kind: workload } = context.experiment.workload
  const work = { workload, ...side.task(options, extent, round) }
  context.recordCommand(['work', JSON.stringify(work)])
  await testbed.agent.prepare(work)
  const endWatch = watchInterference(testbed.containerIds)
  const done = await testbed.agent.work({ ...work, task: { ...work.task } })
  const watched = endWatch()
  const interference = side.isIndependentOfTime === true ? undefined : watched
  context.log(JSON.stringify({ done, interference: watched }, null, 2))
  const { deliveries, ...outcome } = side.conclude(extent, done.told)
  return {
    status: 'measured',
    measurement: {
      ...outcome,
      deliveries: [...deliveries],
      cpuMicros: { stack: done.cpuMicros, peer: 0 },
      // The process has done the tasks of other cells.
      memoryBytes: { stack: null, peer: null },
      ...(interference === undefined ? {} : { interference }),
      digestsMissed: 0,
      framesIn: null,
      framesOut: null,
      perReplica: [],
      note: '',
    },
  }
}
