/**
 * What an experiment asks the virtual cores (`stack/sim/cores`), in addition to its own cells on this machine's
 * processors: strategies with more replicas than this machine has processors for. Pure data.
 */
import { z } from 'zod'
import { ownStrategies } from './factor.ts'
import { factorSchemas } from './factors.ts'

/** How much is asked; a quick run asks less. */
const effortSchema = z.strictObject({
  replicas: z.array(factorSchemas.replicas).min(1),
  /** Simulated transfers for each answer, every one with costs drawn from their intervals. */
  draws: z.int().min(1),
  /** Simulated transfers for each of the experiment's own cells. */
  checkDraws: z.int().min(1),
  /** Repetitions of the calibration before the samples of each round. */
  repetitionsPerRound: z.int().min(1),
})

export const predictionPlanSchema = z.strictObject({
  strategies: z.array(z.enum(ownStrategies)).min(1),
  payloadWork: z.array(factorSchemas.payloadWork.extract(['copy', 'checksum', 'cipher'])).min(1),
  full: effortSchema,
  quick: effortSchema,
})

/** A verdict on the claim that the virtual cores predict what is measured in the cells of the experiment. */
export const predictionRuleSchema = z.strictObject({
  kind: z.literal('prediction'),
  /** The claim is confirmed if the median size of the errors is at most `median` and the largest at most `worst`. */
  median: z.number().positive().max(1),
  worst: z.number().positive().max(1),
})

export type PredictionPlan = z.infer<typeof predictionPlanSchema>
export type PredictionRule = z.infer<typeof predictionRuleSchema>
export type PredictedStrategy = PredictionPlan['strategies'][number]
export type PredictedWork = PredictionPlan['payloadWork'][number]
