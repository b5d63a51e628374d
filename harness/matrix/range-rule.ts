/** A verdict on the claim that a measure lies in a range, whatever measure it is. Pure. */
import { z } from 'zod'
import { isRate, measureNames, type RateName } from '../measure/measures.ts'
import { isOwn } from './factor.ts'
import { type Factors, factorNames } from './factors.ts'

export const measureRangeRuleSchema = z
  .strictObject({
    kind: z.literal('measure-range'),
    /** One that has a median. */
    measure: z.enum(measureNames.filter(isRate) as [RateName, ...RateName[]]),
    /** In the measure's unit, both included. */
    low: z.number().nonnegative(),
    high: z.number().nonnegative(),
    /** Only cells with one of these values are judged; all of our stack if absent. */
    where: z
      .partialRecord(z.enum(factorNames), z.array(z.union([z.string(), z.number()])).min(1))
      .exactOptional(),
  })
  .refine(({ low, high }) => low <= high, { path: ['high'], error: 'must be at least `low`' })

export type MeasureRangeRule = z.infer<typeof measureRangeRuleSchema>

/** Whether the claim is about a cell. It is never about a stack that is not ours. */
export function isInRangeClaim(
  { where = {} }: MeasureRangeRule,
  { factors }: { readonly factors: Factors },
): boolean {
  if (!isOwn(factors.strategy)) return false
  return factorNames.every((name) => where[name]?.some((value) => value === factors[name]) ?? true)
}
