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
}

export type TransferSizes = { readonly [Field in keyof typeof transferSizes]: z.infer<typeof bytesByWork> }

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
export function amountOf({ warmupBytes, transferBytes }: TransferSizes, factors: Factors): Amount {
  const key = keyOf(factors)
  return { warmup: warmupBytes[key] ?? 0, measured: transferBytes[key] ?? 0 }
}

function keyOf({ strategy, payloadWork = 'checksum' }: Factors) {
  return isOwn(strategy) ? payloadWork : strategy
}
