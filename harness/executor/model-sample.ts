/**
 * The performance model's own system on the machine's threads: no network, no peer. So that all experiments read alike,
 * a request stands for a segment of 1448 bytes; verified are those whose action was performed exactly once.
 */
import type { ModelSpec } from '../agent/transfer-spec.ts'
import { HarnessError } from '../error.ts'
import type { SampleContext, SampleOutcome } from '../runner/executor.ts'
import type { Bench } from './bench.ts'
import type { CellPlan } from './cell-plan.ts'

const requestBytes = 1448
/** All work of a request, in rounds of `work`: some 20 µs, as a segment under a cipher. */
const requestRounds = 10_000

type ModelPlan = Extract<CellPlan, { kind: 'model' }>

export async function takeModelSample(
  bench: Bench,
  plan: ModelPlan,
  context: SampleContext,
): Promise<SampleOutcome> {
  if (bench.agent === undefined) {
    throw new HarnessError(
      `Topology "${bench.deployment.topology.id}" has no stack to run the model in.`,
      'Use tap in the cells of this experiment.',
    )
  }
  const spec = specOf(plan, context)
  context.recordCommand(['model', JSON.stringify(spec)])
  const result = await bench.agent.model(spec)
  context.log(JSON.stringify(result, null, 2))
  const bytes = (spec.requests + spec.warmupRequests) * requestBytes
  return {
    status: 'measured',
    measurement: {
      bytesSent: bytes,
      bytesReceived: bytes,
      bytesVerified: result.performedOnce * requestBytes,
      transferBytes: result.requests * requestBytes,
      transferMicros: result.micros,
      retransmits: null,
      outOfOrder: null,
      duplicateAcks: null,
      spuriousRetransmits: null,
      cpuMicros: { stack: result.cpuMicros, peer: 0 },
      cpuBytes: bytes,
      memoryBytes: { stack: result.maxResidentBytes, peer: 0 },
      divergences: result.divergences,
      digestsCompared: result.digestsCompared,
      digestsMissed: 0,
      requests: spec.requests + spec.warmupRequests,
      framesIn: null,
      framesOut: null,
      perReplica: [],
      note: '',
    },
  }
}

function specOf({ replicas, workRatio }: ModelPlan, context: SampleContext): ModelSpec {
  const stateRounds = Math.round(workRatio * requestRounds)
  return {
    replicas,
    costs: { stateRounds, payloadRounds: requestRounds - stateRounds },
    requests: Math.ceil(context.transferBytes / requestBytes),
    warmupRequests: Math.ceil(context.warmupBytes / requestBytes),
  }
}
