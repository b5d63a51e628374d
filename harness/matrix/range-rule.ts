/** A verdict on the claim that a measure lies in a range, whatever measure it is. Pure. */
import { z } from 'zod'
import { isRate, measureNames, type RateName } from '../measure/measures.ts'

export const measureRangeRuleSchema = z
  .strictObject({
    kind: z.literal('measure-range'),
    /** One that has a median. */
    measure: z.enum(measureNames.filter(isRate) as [RateName, ...RateName[]]),
    /** In the measure's unit, both included. */
    low: z.number().nonnegative(),
    high: z.number().nonnegative(),
  })
  .refine(({ low, high }) => low <= high, { path: ['high'], error: 'must be at least `low`' })

export type MeasureRangeRule = z.infer<typeof measureRangeRuleSchema>
