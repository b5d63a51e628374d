/**
 * What an experiment asks the virtual cores (`stack/sim/cores`), besides its own cells on this machine's processors:
 * strategies at numbers of replicas that no machine at hand has. Pure data.
 */
import { z } from 'zod'
import { factorSchemas } from './factors.ts'

/** How much is asked; a quick run asks less. */
const effortSchema = z.strictObject({
  replicas: z.array(factorSchemas.replicas).min(1),
  /** Simulated transfers for each answer, every one with costs drawn from their intervals. */
  draws: z.int().min(1),
  /** The same for each cell that is measured, too. */
  checkDraws: z.int().min(1),
  /** How often calibration measures everything before the samples of each round. */
  repetitionsPerRound: z.int().min(1),
})

export const predictionPlanSchema = z.strictObject({
  strategies: z.array(factorSchemas.strategy.exclude(['linux'])).min(1),
  payloadWork: z.array(factorSchemas.payloadWork.extract(['copy', 'checksum', 'cipher'])).min(1),
  full: effortSchema,
  quick: effortSchema,
})

/** A verdict on the claim that the virtual cores predict what the cells of the experiment are measured to reach. */
export const predictionRuleSchema = z.strictObject({
  kind: z.literal('prediction'),
  /** Largest median of the errors' sizes, and largest single one, that confirm it: 0.1 is 10 %. */
  median: z.number().positive().max(1),
  worst: z.number().positive().max(1),
})

export type PredictionPlan = z.infer<typeof predictionPlanSchema>
export type PredictionRule = z.infer<typeof predictionRuleSchema>
export type PredictedStrategy = PredictionPlan['strategies'][number]
export type PredictedWork = PredictionPlan['payloadWork'][number]
