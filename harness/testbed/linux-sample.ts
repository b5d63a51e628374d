/** The reference: the same exchange between two unmodified Linux hosts, with a program in place of the stack's side. */
import { startProgram } from '../peers/peer-process.ts'
import type { SampleContext, SampleOutcome } from '../runner/sampler.ts'
import { type ExchangeSide, extentOf } from '../workload/host-side.ts'
import type { WorkloadPlan } from '../workload/specification.ts'
import { startBeside } from './beside.ts'
import { observe } from './observe.ts'
import { programOf } from './peer-end.ts'
import { siteOf } from './site.ts'
import type { Testbed } from './testbed.ts'

export async function takeLinuxSample(
  testbed: Testbed,
  side: ExchangeSide,
  { options, amount }: WorkloadPlan,
  context: SampleContext,
): Promise<SampleOutcome> {
  const extent = extentOf(amount.measured * context.measuredShare, amount.warmup * context.warmupShare)
  const site = siteOf(testbed, context.seed, undefined, false)
  const { listens, peer, standIn, beside: others = [] } = await side.exchange(options, extent, site)
  const beside = await startBeside(testbed, others)
  const ends = [
    { node: testbed.stack, program: programOf(standIn) },
    { node: testbed.peer, program: programOf(peer) },
  ] as const
  const [first, second] = listens === 'stack' ? ends : ends.toReversed()
  const [told, seen] = await observe(testbed, async () => {
    try {
      const waiting = await startProgram(first.node, first.program)
      await waiting.ready
      const calling = await startProgram(second.node, second.program)
      return await Promise.all([waiting.result, calling.result])
    } catch (error) {
      beside.kill()
      throw error
    }
  })
  const besides = await beside.finish()
  const [stack, atPeer] = listens === 'stack' ? told : told.toReversed()
  context.log(JSON.stringify({ stack, peer: atPeer, beside: besides, seen }, null, 2))
  const ended = { stack, protocol: undefined, peer: atPeer, beside: besides, seen }
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
