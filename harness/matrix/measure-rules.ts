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

export type AtMostRule = z.infer<typeof atMostRuleSchema>
export type FlatRule = z.infer<typeof flatRuleSchema>
