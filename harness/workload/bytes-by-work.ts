/** Settings of workloads that move streams of bytes: how many bytes, by payload work. Pure. */
import { z } from 'zod'
import type { Complaint } from '../matrix/complaints/complaint.ts'
import { isOwn } from '../matrix/factor.ts'
import { type Factors, factorSchemas } from '../matrix/factors.ts'
import { otherStackNames } from '../other-stacks/other-stacks.ts'
import type { Amount } from './specification.ts'

const bytes = z.int().positive()

/** By payload work; or by the name of another stack than ours, which has none. */
const bytesByWork = z.partialRecord(z.enum([...factorSchemas.payloadWork.options, ...otherStackNames]), bytes)

export const transferSizes = {
  /** Bytes that each sample measures. */
  transferBytes: bytesByWork,
  /**
   * Bytes that a stack's process transfers before its first sample (not in a quick run). With another
   * stack, the bytes of every sample before its measurement begins.
   */
  warmupBytes: bytesByWork,
  /** How many times as many bytes, of both, where offloads are on: a connection is several times as fast there. Default: 1. */
  offloadTimes: z.int().min(1).max(64).exactOptional(),
}

export interface TransferSizes {
  readonly transferBytes: z.infer<typeof bytesByWork>
  readonly warmupBytes: z.infer<typeof bytesByWork>
  readonly offloadTimes?: number
}

export function complaintsAboutBytes(
  settings: TransferSizes,
  { id, factors }: { id: string; factors: Factors },
): Complaint[] {
  return (['transferBytes', 'warmupBytes'] as const).flatMap((field): Complaint[] => {
    const key = keyOf(factors)
    if (settings[field][key] !== undefined) return []
    const problem = `missing, though cell "${id}" needs it`
    return [{ path: ['workload', field, key], problem, remedy: 'give a number of bytes' }]
  })
}

/** 0 where a setting is missing; `complaintsAboutBytes` refuses such settings before a run. */
export function amountOf(
  { warmupBytes, transferBytes, offloadTimes = 1 }: TransferSizes,
  factors: Factors,
): Amount {
  const key = keyOf(factors)
  const times = factors.offload === 'on' ? offloadTimes : 1
  return { warmup: times * (warmupBytes[key] ?? 0), measured: times * (transferBytes[key] ?? 0) }
}

function keyOf({ strategy, payloadWork = 'checksum' }: Factors) {
  return isOwn(strategy) ? payloadWork : strategy
}
