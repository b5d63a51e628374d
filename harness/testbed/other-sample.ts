/**
 * A sample of another stack than ours: the same exchange with the same Linux peer, with a program in place of the stack's
 * side, whose connections go through that stack. If it is the kernel's own, both hosts are unmodified Linux.
 */
import { otherStack } from '../other-stacks/other-stacks.ts'
import { startProgram } from '../peers/peer-process.ts'
import type { SampleContext, SampleOutcome } from '../runner/sampler.ts'
import { type ExchangeSide, extentOf } from '../workload/host-side.ts'
import { startBeside } from './beside.ts'
import type { CellPlan } from './cell-plan.ts'
import { inTime } from './in-time.ts'
import { observe } from './observe.ts'
import { programOf } from './peer-end.ts'
import { siteOf } from './site.ts'
import type { Testbed } from './testbed.ts'

type OtherPlan = Extract<CellPlan, { kind: 'other' }>

export async function takeOtherSample(
  testbed: Testbed,
  side: ExchangeSide,
  { name, work: { options, amount } }: OtherPlan,
  context: SampleContext,
): Promise<SampleOutcome> {
  const extent = extentOf(amount.measured * context.measuredShare, amount.warmup * context.warmupShare)
  const site = siteOf(testbed, context.seed, undefined, false)
  const exchange = await side.exchange(options, extent, site)
  const { listens, peer, standIn, beside: others = [] } = exchange
  const beside = await startBeside(testbed, others)
  const ends = [
    { node: testbed.stack, program: programOf(standIn) },
    { node: testbed.peer, program: programOf(peer) },
  ] as const
  const [first, second] = listens === 'stack' ? ends : ends.toReversed()
  const run = async () => {
    const waiting = await startProgram(first.node, first.program)
    await waiting.ready
    const calling = await startProgram(second.node, second.program)
    return await Promise.all([waiting.result, calling.result])
  }
  const [told, seen] = await observe(testbed, async () => {
    try {
      return await inTime(exchange, run())
    } catch (error) {
      beside.kill()
      throw error
    }
  })
  const besides = await beside.finish()
  const [stack, atPeer] = listens === 'stack' ? told : told.toReversed()
  context.log(JSON.stringify({ stack, peer: atPeer, beside: besides, seen }, null, 2))
  const ended = {
    ...{ stack, protocol: undefined, peer: atPeer, beside: besides, seen },
    ...(otherStack(name).role === 'stack' ? { isUncounted: true as const } : {}),
  }
  const outcome = side.conclude(options, ended, extent)
  return {
    status: 'measured',
    measurement: {
      ...outcome,
      deliveries: [...outcome.deliveries],
      cpuMicros: seen.cpuMicros,
      ...(seen.interference === undefined ? {} : { interference: seen.interference }),
      memoryBytes: seen.memoryBytes,
      divergences: 0,
      digestsCompared: 0,
      digestsMissed: 0,
      requests: null,
      framesIn: null,
      framesOut: null,
      perReplica: [],
      note: outcome.note ?? '',
    },
  }
}
