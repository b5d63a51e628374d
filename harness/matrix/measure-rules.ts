/** Verdict rules on a measure of the workload, whatever it is. Pure. */
import { z } from 'zod'
import { measureNames } from '../measure/measures.ts'
import { factorNames } from './factors.ts'

/** A verdict on the claim that a measure has a limit in every cell. */
export const atMostRuleSchema = z.strictObject({
  kind: z.literal('at-most'),
  /** A number, not a distribution. */
  measure: z.enum(measureNames),
  /** In the measure's unit. */
  limit: z.number().nonnegative(),
  /** A count of what the measure was taken over: where it is 0, the measure says nothing. */
  over: z.enum(measureNames),
})

/** A verdict on the claim that a measure is the same for all values of a factor, within limits. */
export const flatRuleSchema = z.strictObject({
  kind: z.literal('flat'),
  /** A rate or a cost, with a median. */
  measure: z.enum(measureNames),
  /** Cells that differ in one of these factors alone are compared. */
  along: z.array(z.enum(factorNames)).min(1),
  /** How many times the least the largest may be: 1.5 is half more. */
  times: z.number().min(1),
})

/** A verdict on the model of replicas beside a lock, where the workload measures the parts of a request. */
export const lockModelRuleSchema = z.strictObject({
  kind: z.literal('lock-model'),
  /** By how much one has to be ahead of the other before the model says who wins: 0.05 is 5 %. */
  margin: z.number().nonnegative().max(1),
})

export type AtMostRule = z.infer<typeof atMostRuleSchema>
export type FlatRule = z.infer<typeof flatRuleSchema>
export type LockModelRule = z.infer<typeof lockModelRuleSchema>
